package org.aibridge.sim;

import java.util.PriorityQueue;

/**
 * One thread's worth of simulated time: a queue of what is due, by time and, where two are due at
 * once, by the seed.
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

  /** Has {@code run} run so many nanoseconds from now. */
  void after(long nanos, Runnable run) {
    at(clock.now() + Math.max(0, nanos), run);
  }

  void at(long nanos, Runnable run) {
    number++;
    queue.add(new Event(nanos, Mix.of(seed, number), number, run));
  }

  /** Runs the next event if it is due until {@code nanos}; whether there was one. */
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

  /** Runs what is due until {@code nanos}, and moves the time there. */
  void runUntil(long nanos) {
    while (step(nanos)) {
      Thread.onSpinWait();
    }
    clock.moveTo(nanos);
  }
}
