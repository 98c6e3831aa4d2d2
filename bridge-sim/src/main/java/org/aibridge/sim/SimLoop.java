package org.aibridge.sim;

import java.util.PriorityQueue;

/**
 * The simulated schedule of one thread: a queue of events, ordered by time, and by the seed if two
 * are due at once.
 */
final class SimLoop {
  private record Event(long at, long tie, long number, Runnable run) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(at, other.at);
      order = order != 0 ? order : Long.compare(tie, other.tie);
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  final SimClock clock;
  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private final long seed;
  private long number;

  SimLoop(SimClock clock, long seed) {
    this.clock = clock;
    this.seed = seed;
  }

  /** Schedules {@code run} to run {@code nanos} nanoseconds from now. */
  void after(long nanos, Runnable run) {
    at(clock.now() + Math.max(0, nanos), run);
  }

  void at(long nanos, Runnable run) {
    number++;
    queue.add(new Event(nanos, Mix.of(seed, number), number, run));
  }

  /** Runs the next event if its time is at most {@code nanos}; false if there is none. */
  boolean step(long nanos) {
    Event next = queue.peek();
    if (next == null || next.at > nanos) {
      return false;
    }
    queue.poll();
    clock.moveTo(next.at);
    next.run.run();
    return true;
  }

  /** Runs all events up to the time {@code nanos}, and moves the time there. */
  void runUntil(long nanos) {
    while (step(nanos)) {
      Thread.onSpinWait();
    }
    clock.moveTo(nanos);
  }
}
