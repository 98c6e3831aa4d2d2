package org.aibridge.core.dispatch;

import java.util.List;
import java.util.function.Supplier;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.journal.Cursor;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Reads the journal into the lanes. For the dispatcher's thread, but for {@link #damaged}.
 *
 * <p>A reader that fails is replaced by one that begins where the cursor stands, and goes over what
 * the lanes have already.
 */
final class JournalFeed {
  private static final Logger log = Logs.of(JournalFeed.class);
  private static final int READ_AT_ONCE = 4096;

  /** What {@link #next} came to: an event, the journal's end, nothing. */
  private enum Step {
    READ,
    ENDED,
    UNREAD
  }

  private final Cursor cursor;
  private final Supplier<JournalReader> readers;
  private final BridgeClock clock;
  private final LogThrottle throttle;

  /** Its counter is read by any thread. */
  private volatile JournalReader reader;

  private volatile long damagedBefore;

  /** Why the journal could not be read at the last try; empty if it could. */
  private String problem = "";

  private long readAgainNanos;

  /** Whether the reader was replaced and has not come to {@link #lastRead} yet. */
  private boolean catchingUp;

  private long lastRead;

  /** Whether everything in the journal has been read, as of the last try. */
  private boolean ended;

  /**
   * @param readers makes readers that begin where the cursor stands
   */
  JournalFeed(
      Cursor cursor, Supplier<JournalReader> readers, BridgeClock clock, LogThrottle throttle) {
    this.cursor = cursor;
    this.readers = readers;
    this.clock = clock;
    this.throttle = throttle;
    this.reader = readers.get();
  }

  /** Reads until a lane has no room; returns how many events. */
  int fill(List<Lane> lanes) {
    boolean room = true;
    for (Lane lane : lanes) {
      room &= lane.hasRoom();
    }
    if (!problem.isEmpty() && !canReadAgain()) {
      return 0;
    }
    int count = 0;
    while (room && count < READ_AT_ONCE) {
      Step step = next();
      if (step != Step.READ) {
        ended = step == Step.ENDED;
        return count;
      }
      Lane lane = lanes.get(cursor.laneOf(EventCodec.playerId(reader.buffer(), reader.index())));
      lane.add(reader);
      lastRead = reader.sequence();
      room = lane.hasRoom();
      count++;
    }
    ended = false;
    return count;
  }

  /** Forgets what was read; all of it is read again. */
  void beginAnew() {
    replaceReader();
    lastRead = 0;
    problem = "";
    ended = false;
  }

  /** Whether everything in the journal has been read, as of the last try. */
  boolean isEnded() {
    return ended;
  }

  /** The last event that was read. */
  long lastRead() {
    return lastRead;
  }

  /** Where the next event is read. */
  long position() {
    return reader.position();
  }

  /** Why the journal cannot be read; empty if it can. */
  String problem() {
    return problem;
  }

  /** Records that could not be read; those read again after a failure count once. Any thread. */
  long damaged() {
    return Math.max(damagedBefore, reader.damaged());
  }

  void close() {
    reader.close();
  }

  /**
   * Goes to the next event that no lane has. A reader that fails, such as for want of a descriptor,
   * may stand anywhere; the lanes are whole and go on with what they have.
   */
  private Step next() {
    try {
      do {
        if (!reader.next()) {
          return Step.ENDED;
        }
      } while (isReadAgain());
      return Step.READ;
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      cannotRead(e);
      return Step.UNREAD;
    }
  }

  /**
   * Whether the lanes have had the event from the reader before. Asked of no more than the way to
   * the last one they had: an order of sequences that damage has upset must not hide an event.
   */
  private boolean isReadAgain() {
    if (!catchingUp) {
      return false;
    }
    catchingUp = reader.sequence() < lastRead;
    return reader.sequence() <= lastRead;
  }

  /** Replaces a reader that failed, if it is time. */
  private boolean canReadAgain() {
    if (clock.nanos() - readAgainNanos < 0) {
      return false;
    }
    try {
      replaceReader();
      problem = "";
      return true;
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      cannotRead(e);
      return false;
    }
  }

  private void cannotRead(Exception e) {
    readAgainNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
    problem = "the journal cannot be read and is tried again: " + Reason.sentence(e);
    throttle.run("read", () -> log.error("{}", problem, Reason.trace(e)));
  }

  private void replaceReader() {
    JournalReader newReader = readers.get();
    JournalReader oldReader = reader;
    damagedBefore = damaged();
    reader = newReader;
    catchingUp = true;
    try {
      oldReader.close();
    } catch (Exception e) { // It has failed before.
      log.warn(
          "a reader of the journal that was replaced could not be closed: {}",
          Reason.of(e),
          Reason.trace(e));
    }
  }
}
