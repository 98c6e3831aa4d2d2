package org.aibridge.core.notice;

import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.aibridge.api.EventEnd;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.dispatch.TakenEvents;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;

/**
 * Takes the ends of events from the dispatcher's thread, and calls the host's listeners on a thread
 * of its own.
 *
 * <p>What waits is bounded in number and length: what a slow listener leaves no room for is counted
 * and not told. Nothing here waits, and whatever a listener throws ends its own call alone.
 */
public final class EventNotices implements Duty, TakenEvents {
  private static final Logger log = Logs.of(EventNotices.class);

  static final int MAX_WAITING = 10_000;
  static final long MAX_CHARS = 8 << 20;
  private static final int SLICE = 100;
  private static final String MISSED =
      "the server's listener was not told what became of {} events so far: it is slow, or memory"
          + " is short";

  private final Listeners listeners;
  private final Runnable wake;
  private final LogThrottle throttle;
  private final Queue<EventEnd> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong chars = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();

  /** True if the current slice of this duty is the last one. For the listener's thread. */
  private boolean last;

  /** The number of missed events that was last logged. For the listener's thread. */
  private long missedTold;

  /**
   * @param wake wakes the thread that runs this duty
   */
  public EventNotices(Listeners listeners, Runnable wake, BridgeClock clock) {
    this.listeners = listeners;
    this.wake = wake;
    this.throttle = new LogThrottle(clock);
  }

  /** True if the host has any listener. */
  public boolean isUsed() {
    return listeners.onDelivered() != null || listeners.onDead() != null;
  }

  /** True once the listeners were told of every queued event. Any thread. */
  public boolean isDone() {
    return count.get() == 0;
  }

  /** Returns how many ended events are queued for the listeners. Any thread. */
  public int waiting() {
    return count.get();
  }

  /** Makes this last slice pass on all queued events. For a listener's thread. */
  public void tellAllInThisSlice() {
    last = true;
  }

  /** Returns the number of ended events not reported to listeners for lack of room. Any thread. */
  long missedCount() {
    return missed.get();
  }

  @Override
  public void missed() {
    missed.getAndIncrement();
  }

  @Override
  public boolean isWanted() {
    if (listeners.onDelivered() == null) {
      return false;
    }
    return hasRoom() || miss();
  }

  @Override
  public void taken(String eventId, byte[] json) {
    add(eventId, json, EventEnd.How.DELIVERED, "");
  }

  /** Notes an event that became a dead letter. For the dispatcher's thread. */
  public void dead(DeadLetter letter) {
    if (listeners.onDead() != null && (hasRoom() || miss())) {
      // Cuts and cleans the service's own words, since the host may show them.
      String problem = Shown.reason(letter.problem());
      add(letter.eventId(), letter.eventJson(), how(letter.reason()), problem);
    }
  }

  private static EventEnd.How how(DeadLetter.Reason reason) {
    return switch (reason) {
      case REJECTED -> EventEnd.How.REJECTED;
      case TOO_LARGE -> EventEnd.How.TOO_LARGE;
      case EXPIRED -> EventEnd.How.EXPIRED;
      case REFUSED, IMPORTED -> EventEnd.How.REFUSED;
      case LATER_VERSION -> EventEnd.How.LATER_VERSION;
    };
  }

  private boolean hasRoom() {
    return count.get() < MAX_WAITING && chars.get() < MAX_CHARS;
  }

  /** Counts and logs an ended event for which the queue has no room. Returns false. */
  private boolean miss() {
    long all = missed.incrementAndGet();
    throttle.run("missed", () -> log.warn(MISSED, all));
    return false;
  }

  private void add(String eventId, byte[] json, EventEnd.How how, String problem) {
    try {
      EventEnd end = new EventEnd(eventId, new String(json, StandardCharsets.UTF_8), how, problem);
      count.getAndIncrement(); // Counted before it can be taken: none seems told early.
      try {
        waiting.add(end);
      } catch (OutOfMemoryError e) {
        count.getAndDecrement();
        throw e;
      }
      chars.getAndAdd(chars(end));
    } catch (OutOfMemoryError e) {
      missed(); // The event has ended even so.
      return;
    }
    wake.run();
  }

  @Override
  public int runOnce() {
    tellOfMissed();
    int told = 0;
    for (EventEnd next = waiting.poll(); next != null; next = waiting.poll()) {
      tell(next);
      if (++told >= SLICE && !last) {
        break;
      }
    }
    return told;
  }

  /** Logs how many events were missed in all, if some were missed since the last call. */
  private void tellOfMissed() {
    long all = missed.get();
    if (all > missedTold) {
      missedTold = all;
      throttle.run("missed", () -> log.warn(MISSED, all));
    }
  }

  private void tell(EventEnd end) {
    try {
      Consumer<? super EventEnd> listener =
          end.how() == EventEnd.How.DELIVERED ? listeners.onDelivered() : listeners.onDead();
      listener.accept(end);
    } catch (Throwable e) {
      throttle.run(
          "listener",
          () ->
              log.error(
                  "the server's listener of events threw: {}", Reason.of(e), Reason.trace(e)));
    } finally {
      count.getAndDecrement();
      chars.getAndAdd(-chars(end));
    }
  }

  private static long chars(EventEnd end) {
    return (long) end.eventId().length() + end.json().length() + end.problem().length();
  }
}
