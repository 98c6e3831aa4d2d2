package org.aibridge.core.dispatch;

import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.LetterSink;
import org.aibridge.core.journal.Cursor;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Retries;
import org.aibridge.core.text.Shown;

/**
 * Sends the journal's events to the AI service, in batches, until each has had its end.
 *
 * <p>Events are spread over lanes by player; a lane has one request under way, so a player's events
 * arrive in order. The {@link Sender} puts the lanes' events together into a {@link Batch}, with a
 * part of each lane. What becomes of it is the {@link org.aibridge.core.service.Verdict}'s:
 *
 * <ul>
 *   <li>delivered: each part is acknowledged; events that the verdict names become dead letters.
 *   <li>refused: each part goes alone, and is halved until the offending events stand alone, which
 *       become dead letters.
 *   <li>too large: each part goes alone, and is split by its bytes; later batches stay below that
 *       size.
 *   <li>anything else: the batch keeps its place and is sent again.
 * </ul>
 *
 * <p>When most events are refused for one reason, sending pauses and the events are kept: {@link
 * SurgeGuard}.
 *
 * <p>The cursor notes a part before the part is sent, and moves only over events that have had
 * their end. All work happens in {@link #runOnce}; other threads only leave verdicts for its next
 * call.
 *
 * <p>An error that escapes {@link #runOnce}, such as an {@link OutOfMemoryError}, may leave the
 * lanes half changed. These lanes are not used again: a second later everything is made anew from
 * the cursor and the journal, as at a start of the process, and verdicts still to come are ignored.
 */
public final class Dispatcher implements Duty {
  private static final String BROKEN = "sending failed; it begins anew where it is acknowledged";

  private final Journal journal;
  private final Cursor cursor;
  private final BridgeClock clock;
  private final Supplier<LaneQueue> queues;
  private final JournalFeed feed;
  private final CursorWriter cursorWriter;
  private final BatchContext context;
  private final Sender sender;
  private List<Lane> lanes;

  private volatile boolean closing;

  /** True if an operator wants each waiting attempt to be made now. */
  private volatile boolean hurried;

  private volatile boolean stuck;
  private volatile boolean drained;

  /** True if a slice failed: the feed and the lanes may then be only half changed. */
  private boolean broken;

  private long rebuildAtNanos;

  /**
   * The journal and the means to read it.
   *
   * @param readers makes readers of {@code journal} that begin at a position
   * @param queues makes the queue of each lane
   */
  record Source(Journal journal, LongFunction<JournalReader> readers, Supplier<LaneQueue> queues) {}

  /**
   * Makes a dispatcher; nothing is read or sent yet.
   *
   * @param config gives the settings in force; asked anew each time
   * @param wake wakes the thread that runs this duty; called when a verdict has come
   */
  public Dispatcher(
      Supplier<BridgeConfig> config,
      Journal journal,
      EventSink sink,
      LetterSink letters,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake) {
    this(
        config,
        new Source(journal, journal::reader, LaneQueue::new),
        sink,
        letters,
        retries,
        clock,
        wake);
  }

  Dispatcher(
      Supplier<BridgeConfig> config,
      Source source,
      EventSink sink,
      LetterSink letters,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake) {
    this.journal = source.journal();
    this.cursor = journal.cursor();
    this.clock = clock;
    this.queues = source.queues();
    LogThrottle throttle = new LogThrottle(clock);
    this.cursorWriter =
        new CursorWriter(journal, this::oldestPosition, this::ended, clock, throttle);
    this.context = new BatchContext(config, sink, letters, retries, clock, wake, cursorWriter);
    this.sender = new Sender(context);
    this.feed = new JournalFeed(cursor, source.readers(), clock, throttle);
    this.lanes = newLanes();
  }

  /** Sets the listener for the events that the service takes. Call before {@link #runOnce}. */
  public void tell(TakenEvents taken) {
    context.tell(taken);
  }

  @Override
  public int runOnce() {
    if (broken && clock.nanos() - rebuildAtNanos < 0) {
      return 0;
    }
    // The field is true during the slice, so that it stays true if the slice fails.
    boolean rebuild = broken;
    broken = true;
    boolean whole = false;
    try {
      rebuildAtNanos = clock.nanos() + BatchContext.AGAIN_NANOS;
      if (rebuild) {
        beginAnew();
      }
      int work = slice();
      whole = true;
      return work;
    } finally {
      broken = !whole;
      if (!whole) {
        stats().broken(BROKEN);
        drained = false;
        stuck = false;
      }
    }
  }

  /**
   * Allows a long rest only when nothing waits: what waits in a lane falls due at times of many
   * kinds, such as a batch's, an event's age or the next attempt's.
   */
  @Override
  public long mayRestNanos() {
    boolean waiting = broken || !feed.problem().isEmpty();
    for (Lane lane : lanes) {
      waiting |= !lane.isEmpty() || lane.isBehind();
    }
    return waiting ? WATCHFUL_NANOS : Long.MAX_VALUE;
  }

  private List<Lane> newLanes() {
    return IntStream.range(0, cursor.allLanes())
        .mapToObj(n -> new Lane(n, queues.get(), feed, context))
        .toList();
  }

  /** Drops all state except the cursor, and reads the unended events from the journal again. */
  private void beginAnew() {
    List<Lane> newLanes = newLanes();
    feed.beginAnew();
    lanes = newLanes;
    cursorWriter.touch();
    context.beginAnew();
  }

  private int slice() {
    boolean wasClosing = closing;
    long came = journal.events();
    context.beginRound();
    int work = takeVerdicts();
    int read = feed.fill(lanes);
    boolean anySending = false;
    boolean anyStuck = false;
    boolean empty = true;
    if (hurried) {
      hurried = false;
      lanes.forEach(Lane::tryNow);
      sender.tryNow();
    }
    for (Lane lane : lanes) {
      work += lane.tend() ? 1 : 0;
    }
    work += sender.send(lanes, closing);
    for (Lane lane : lanes) {
      anySending |= lane.isSending();
      anyStuck |= lane.isStuck();
      empty &= lane.isEmpty() && !lane.isBehind();
    }
    if (empty && feed.isEnded()) {
      lanes.forEach(Lane::shrink);
      context.shrink();
      journal.reconcile(came, ended());
    }
    context.endRound(problem(), standing());
    cursorWriter.save();
    stuck = anyStuck && !anySending;
    drained = wasClosing && work == 0 && read == 0 && empty && feed.problem().isEmpty();
    return work + read;
  }

  private int takeVerdicts() {
    int count = 0;
    for (Lane lane : lanes) {
      count += lane.takeVerdict() ? 1 : 0;
    }
    // Drops events only now, since one verdict can concern several lanes.
    lanes.forEach(Lane::dropEnded);
    return count;
  }

  private DispatchStats.Standing standing() {
    Lane longest = null;
    long oldest = Long.MAX_VALUE;
    for (Lane lane : lanes) {
      if (!lane.isEmpty()) {
        oldest = Math.min(oldest, lane.oldestMs());
        if (longest == null || lane.stoodSinceNanos() - longest.stoodSinceNanos() < 0) {
          longest = lane;
        }
      }
    }
    return longest == null
        ? DispatchStats.Standing.NONE
        : longest.standing(sender.nextNanos(), oldest);
  }

  private String problem() {
    for (Lane lane : lanes) {
      if (!lane.problem().isEmpty()) {
        return lane.problem();
      }
    }
    if (!feed.problem().isEmpty()) {
      return feed.problem();
    }
    return cursorWriter.problem();
  }

  private long ended() {
    return stats().ended();
  }

  /** The position of the oldest event without an end. */
  private long oldestPosition() {
    long oldest = Long.MAX_VALUE;
    for (Lane lane : lanes) {
      oldest = Math.min(oldest, lane.oldestPosition());
    }
    return oldest == Long.MAX_VALUE ? feed.position() : oldest;
  }

  /** Makes the dispatcher send waiting events at once, without waiting for full batches. */
  public void beginClosing() {
    closing = true;
  }

  /** True if all events in the journal have ended; valid after {@link #beginClosing}. */
  public boolean isDrained() {
    return drained;
  }

  /** True if events wait but no request is under way, since the service takes none now. */
  public boolean isStuck() {
    return stuck;
  }

  /** True if nothing is sent because the service refuses most events for one reason. */
  public boolean isPaused() {
    return context.isPaused();
  }

  /**
   * Ends a pause of sending; events that are refused for its reason become dead letters. Any
   * thread; takes effect in the next slice.
   */
  public void resume() {
    context.resume();
  }

  /**
   * Makes the next attempt of every lane due at once. Any thread; takes effect in the next slice.
   */
  public void retryNow() {
    hurried = true;
  }

  /** Returns what each lane of players is doing now. Dispatcher's thread only. */
  public List<LaneState> lanes() {
    return lanes.stream().limit(cursor.lanes()).map(Lane::state).toList();
  }

  /**
   * Makes dead letters of all events in the batch with the key {@code batch}. The duty's thread.
   *
   * @return why it cannot be done; empty if it is
   */
  public String setAside(String batch) {
    Lane lane = laneWith(batch);
    return lane == null ? "no batch of that name waits: " + Shown.reason(batch) : lane.setAside();
  }

  /** True if a batch has the key {@code batch}. The duty's thread. */
  boolean hasBatch(String batch) {
    return laneWith(batch) != null;
  }

  private Lane laneWith(String batch) {
    for (Lane lane : lanes) {
      if (!batch.isEmpty() && lane.state().batch().equals(batch)) {
        return lane;
      }
    }
    return null;
  }

  /** Returns the counters. Any thread. */
  public DispatchStats stats() {
    return context.stats();
  }

  /**
   * The number of unreadable records in the journal; one read again after a failure counts once.
   */
  public long damagedRecords() {
    return feed.damaged();
  }

  /**
   * Acts on the last verdicts, saves the cursor, closes the reader; the duty's thread has ended.
   */
  public void close() {
    try {
      if (!broken) {
        takeVerdicts();
        lanes.forEach(Lane::finish);
        cursorWriter.save();
      }
    } finally {
      feed.close();
    }
  }
}
