package org.aibridge.core.journal;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Moves events from the ring to the journal, and closes the intake while the journal cannot be
 * written.
 *
 * <p>When the disk fills, the events in the ring stay there, in memory that needs no disk, until
 * there is room. The same holds for events of an earlier process, which are moved before all
 * others.
 */
public final class JournalDuty implements Duty {
  private static final Logger log = Logs.of(JournalDuty.class);
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

  /** After this many failures in a row, the time to the next check no longer grows. */
  private static final int MAX_DOUBLED = 2;

  /**
   * The time after which a claim in a sealed ring is abandoned and passed over, in ns; see {@link
   * RingDrain#passAbandonedClaim} for the time before the seal.
   */
  private static final long BLOCKED_AT_THE_END_NANOS = 100_000_000L;

  /** The time a closing bridge waits for a claim of a host in another process, in ns. */
  private static final long CLAIM_OF_ANOTHER_NANOS = 300_000_000L;

  /** The time between two checks whether a claim under way has been committed, in ns. */
  private static final long CLAIM_LOOK_NANOS = 20_000;

  /** Moves events of an earlier process to a journal that had no room for them at the start. */
  @FunctionalInterface
  public interface Arrears {
    /** Nothing to move: the start has moved everything. */
    Arrears NONE = () -> {};

    /**
     * Moves all of these events; called until it returns normally once.
     *
     * @throws StoreFullException if there is still no room
     */
    void settle() throws IOException;
  }

  /**
   * The result of {@link #replay}.
   *
   * @param appended the number of events that reached the journal: the first ones
   * @param problem why the others did not; empty when all did
   */
  public record Replayed(int appended, String problem) {}

  private record Replay(List<byte[]> events, CompletableFuture<Replayed> done) {}

  private final Queue<Replay> replays = new ConcurrentLinkedQueue<>();
  private final AddedEvents added;
  private volatile boolean ended;
  private final EventSource source;
  private final Journal journal;
  private final BridgeClock clock;
  private final Threads threads;
  private final LogThrottle throttle;
  private final Runnable onMoved;
  private final Shares shares;
  private final RouteChange routes;
  private RingDrain ring;

  /** The ring that replaces {@link #ring} once that ring is empty; null without a replacement. */
  private RingDrain renewed;

  /** True if a ring was truncated and its lost events are not counted yet. */
  private boolean cut;

  private Arrears arrears;
  private volatile String problem = "";
  private long nextLookNanos;

  /** The number of unexpected failures since events were last moved. */
  private int failures;

  private volatile boolean full;
  private volatile boolean emptied;

  /**
   * Checks at once whether the journal can be written, so that a start on a full disk accepts
   * nothing.
   *
   * @param arrears the events that are moved before all in the ring
   * @param onMoved called on this duty's thread after events reached the journal
   */
  public JournalDuty(
      EventSource source, Journal journal, Arrears arrears, World world, Runnable onMoved) {
    this(source, journal, arrears, new Shares(journal, 0, 0), world, onMoved);
  }

  JournalDuty(
      EventSource source,
      Journal journal,
      Arrears arrears,
      Shares shares,
      World world,
      Runnable onMoved) {
    this.source = source;
    this.ring = source.drain();
    this.journal = journal;
    this.shares = shares;
    this.added = new AddedEvents(journal, shares, source.refusals());
    journal.resume(ring);
    this.clock = world.clock();
    this.threads = world.threads();
    this.throttle = new LogThrottle(clock);
    this.onMoved = onMoved;
    this.arrears = arrears;
    this.nextLookNanos = clock.nanos();
    this.routes = new RouteChange(journal, ring, clock);
    share();
    String now = journal.problem();
    setProblem(
        now.isEmpty() && arrears != Arrears.NONE
            ? "what an earlier process left is brought over first"
            : now);
  }

  @Override
  public int runOnce() {
    if (clock.nanos() - nextLookNanos >= 0) {
      look();
    }
    int others = replaySome();
    if (full) {
      return others + added.refuseAll(RefusalReason.DISK_LOW);
    }
    try {
      int more = added.journalSome();
      if (more > 0) {
        onMoved.run();
      }
      others += more;
      long accepted = accepted();
      int events = moveSome();
      if (events > 0) {
        failures = 0;
        shares.apply(source);
        onMoved.run();
      } else if (renewed != null && !ring.hasMore()) {
        ring = renewed;
        renewed = null;
        routes.ringReplaced();
      } else if (cut && !ring.hasMore()) {
        cut = false;
        journal.lostInRing(
            accepted - journal.lostInRing() - journal.ofAll(j -> j.moved() - j.recovered()));
      } else if (passAbandonedClaim()) {
        return 1 + others; // Not 0: the events after the claim can be moved now.
      }
      return events + others;
    } catch (StoreFullException e) {
      setProblem(e.getMessage());
    } catch (Exception e) {
      setProblem(journal.folder() + " cannot be written: " + Reason.of(e));
      throttle.run("unexpected", () -> log.error("{}; trying again", problem, Reason.trace(e)));
      // Tries again later, because only an append shows whether the failure is over.
      nextLookNanos = clock.nanos() + (LOOK_AGAIN_NANOS << Math.min(failures++, MAX_DOUBLED));
    }
    return 0;
  }

  /** Allows only short rests while a ring is replaced: nothing else checks the old ring. */
  @Override
  public long mayRestNanos() {
    return renewed != null ? WATCHFUL_NANOS : nextLookNanos - clock.nanos();
  }

  /** True if the ring has events that could go to the journal now. Any thread; never blocks. */
  public boolean hasWaiting() {
    return !full && source.hasWaiting();
  }

  /** Moves some events. A ring that is being replaced gets no free room and so no new events. */
  private int moveSome() {
    return renewed == null ? journal.move(ring) : journal.moveSealed(ring);
  }

  /**
   * Puts events of dead letters into the journal, at this duty's next slice. Any thread but the
   * game thread; never blocks.
   */
  public CompletionStage<Replayed> replay(List<byte[]> events) {
    CompletableFuture<Replayed> done = new CompletableFuture<>();
    replays.add(new Replay(events, done));
    if (ended) {
      refuseReplays();
    }
    return done;
  }

  /**
   * Puts an event that came by no ring into the journal, at this duty's next slice. It is accepted
   * once that is done: true in the result. Any thread but the game's; never blocks.
   */
  public CompletionStage<Boolean> add(byte[] event) {
    return added.add(event);
  }

  /** The number of events accepted so far, through the ring or otherwise. Any thread. */
  public long accepted() {
    return source.accepted() + added.accepted() - journal.carriedInRing();
  }

  /** Replays the letters of one request at most, since the ring's events must not wait for long. */
  private int replaySome() {
    Replay replay = replays.poll();
    if (replay == null) {
      return 0;
    }
    long before = journal.ofAll(Journal::replayed);
    String failure = "it failed";
    try {
      failure = full ? problem : append(replay.events);
    } finally {
      int appended = (int) (journal.ofAll(Journal::replayed) - before);
      if (appended > 0) {
        onMoved.run();
      }
      // Answers even after an error: the caller must unmark the letters that were not appended.
      replay.done.complete(new Replayed(appended, failure));
    }
    return 1;
  }

  private String append(List<byte[]> events) {
    try {
      List<byte[]> fitting = shares.fitting(events);
      journal.replay(fitting);
      return fitting.size() < events.size() ? "the share of its sink is full" : "";
    } catch (StoreFullException e) {
      return e.getMessage();
    } catch (Exception e) {
      log.error("replayed events cannot be journaled: {}", Reason.of(e), Reason.trace(e));
      return journal.folder() + " cannot be written: " + Reason.of(e);
    }
  }

  private void refuseReplays() {
    for (Replay replay = replays.poll(); replay != null; replay = replays.poll()) {
      replay.done.complete(new Replayed(0, "the bridge is closed"));
    }
  }

  private void look() {
    nextLookNanos = clock.nanos() + LOOK_AGAIN_NANOS;
    String now = keepRing();
    if (now.isEmpty()) {
      now = journal.problem();
    }
    if (now.isEmpty() && arrears != Arrears.NONE) {
      now = settleArrears();
    }
    share();
    setProblem(now.isEmpty() ? shares.overflow() : now);
  }

  /** Updates the share of each sink, and applies changed routes as soon as possible. */
  private void share() {
    shares.measure();
    shares.apply(source);
    // Keeps the routes while a ring is replaced: its events could be moved a second time.
    if (arrears == Arrears.NONE && renewed == null) {
      routes.look(ring);
    }
  }

  /**
   * Replaces a ring that a later process would not find: some systems clear shared memory when a
   * user logs out (systemd's {@code RemoveIPC}). The events in the old ring go to the journal next.
   */
  private String keepRing() {
    if (renewed != null || !source.isRingLost()) {
      return "";
    }
    try {
      cut |= source.isRingCut();
      renewed = source.renew();
      log.error(
          "somebody removed {} or cut it, and it was made again; had this process been killed"
              + " before, events that were not in the journal yet would be lost",
          source.path());
      return "";
    } catch (IOException e) {
      rescue();
      return Sentence.of(
          "somebody removed %s or cut it, and it cannot be made again: %s",
          source.path(), Reason.of(e));
    }
  }

  /**
   * Moves the events of a ring whose file was removed, since no start after a crash would find it.
   */
  private void rescue() {
    if (arrears != Arrears.NONE) {
      return; // The events that an earlier process left must be moved first.
    }
    try {
      if (journal.move(ring) > 0) {
        onMoved.run();
      } else {
        passAbandonedClaim();
      }
    } catch (Exception e) {
      log.error("the events in the ring cannot be journaled: {}", Reason.sentence(e));
    }
  }

  private String settleArrears() {
    try {
      arrears.settle();
      arrears = Arrears.NONE;
      onMoved.run();
      return "";
    } catch (StoreFullException e) {
      return e.getMessage();
    } catch (IOException e) {
      return "what an earlier process left cannot be taken over: " + Reason.sentence(e);
    }
  }

  /**
   * Moves all accepted events at the end, after it has sealed the intake. This duty's thread has
   * ended.
   */
  public void finish(long timeoutMs) {
    ended = true;
    refuseReplays();
    added.end();
    boolean sealed = source.seal();
    long deadline = clock.nanos() + timeoutMs * 1_000_000;
    try {
      emptied = sealed ? moveAll(deadline) || moveWhatNobodyWouldFind() : moveWhatIsThere(deadline);
      if (!emptied && (sealed || hasNoName())) {
        log.warn(
            "a thread is still within publish, or ended there by an error; {}",
            whatBecomesOfTheRest());
      }
    } catch (StoreFullException e) {
      log.warn("{}; {}", e.getMessage(), whatBecomesOfTheRest());
    } catch (Exception e) {
      log.error("{}; {}", Reason.sentence(e), whatBecomesOfTheRest(), Reason.trace(e));
    }
  }

  /**
   * Moves what the ring of a host in another process has now, and what a ring has that it replaces.
   * The host goes on writing, and the next bridge goes on reading. True if all of it is in the
   * journal.
   */
  private boolean moveWhatIsThere(long deadline) {
    if (renewed != null) {
      if (!moveUpTo(ring.tail(), deadline)) {
        return false;
      }
      ring = renewed;
      renewed = null;
    }
    return moveUpTo(ring.tail(), deadline);
  }

  private boolean moveUpTo(long end, long deadline) {
    long stillSince = clock.nanos();
    while (ring.position() < end) {
      long now = clock.nanos();
      if (moveSome() > 0 || passAbandonedClaim()) {
        stillSince = now;
      } else if (now - stillSince >= CLAIM_OF_ANOTHER_NANOS) {
        return false; // The host may commit the claim later; we do not wait for that.
      } else {
        threads.pause(CLAIM_LOOK_NANOS);
      }
      if (now - deadline >= 0) {
        return ring.position() >= end;
      }
    }
    return true;
  }

  /** Empties the ring and its successor, with at least one attempt; true if both are empty. */
  private boolean moveAll(long deadline) {
    while (true) {
      journal.moveSealed(ring);
      if (!ring.hasMore() && renewed == null) {
        return true;
      }
      if (!ring.hasMore()) {
        ring = renewed;
        renewed = null;
      } else if (clock.nanos() - deadline >= 0) {
        return false;
      }
      threads.pause(CLAIM_LOOK_NANOS);
    }
  }

  /**
   * Moves the events behind abandoned claims in a ring that no next start can find. No claim was
   * made after the seal, so all claims are as old as the first.
   */
  private boolean moveWhatNobodyWouldFind() {
    boolean empty = false;
    if (hasNoName() && source.hasAbandonedClaims()) {
      empty = moveWhileSomebodyGoesOn();
      while (!empty && hasNoName() && ring.unblock(ring.tail())) {
        empty = moveAll(clock.nanos());
      }
    }
    return empty;
  }

  /** Moves events until no claim makes progress for a while; true if no events are left. */
  private boolean moveWhileSomebodyGoesOn() {
    long position = -1;
    int stage = 0;
    long sinceNanos = clock.nanos();
    while (!moveAll(clock.nanos())) {
      long now = clock.nanos();
      if (ring.position() != position || ring.stage() != stage) {
        position = ring.position();
        stage = ring.stage();
        sinceNanos = now;
      } else if (now - sinceNanos >= BLOCKED_AT_THE_END_NANOS) {
        return false;
      }
      threads.pause(CLAIM_LOOK_NANOS);
    }
    return true;
  }

  /** True if no later process would find {@link #ring}. */
  private boolean hasNoName() {
    return renewed != null || source.isRingLost();
  }

  private String whatBecomesOfTheRest() {
    return hasNoName()
        ? "what is left in the ring is lost, since somebody removed its file"
        : "what is left in the ring is taken over by the next start";
  }

  /** True if {@link #finish} emptied the ring and found no writer at work in it. */
  public boolean emptied() {
    return emptied;
  }

  private boolean passAbandonedClaim() {
    boolean passed = source.passAbandonedClaim(ring, clock.nanos());
    if (passed) {
      log.warn("an event whose publisher ended by an error was never accepted; it is passed over");
    }
    return passed;
  }

  /** Returns why the journal accepts no events; empty if it accepts them. */
  public String problem() {
    return problem;
  }

  private void setProblem(String now) {
    if (!now.isEmpty()) {
      problem = now + "; new events are refused, and lost";
      source.shut(RefusalReason.DISK_LOW);
      if (!full) {
        log.error("{}", problem);
      }
    } else if (full) {
      source.open();
      problem = ""; // Cleared after the intake opens: a reader who sees no problem is not refused.
      log.info("{} can be written again; events are accepted", journal.folder());
    }
    full = !now.isEmpty();
  }
}
