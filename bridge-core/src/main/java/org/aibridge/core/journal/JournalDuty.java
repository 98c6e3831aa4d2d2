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
 * Brings events from the ring to the journal, and closes the intake while the journal cannot be
 * written.
 *
 * <p>Events that are in the ring when the disk fills stay there, in memory that needs no disk,
 * until there is room. So do those of an earlier process, which go before all others.
 */
public final class JournalDuty implements Duty {
  private static final Logger log = Logs.of(JournalDuty.class);
  private static final long LOOK_AGAIN_NANOS = 1_000_000_000L;

  /** So often the time to the next look is doubled, one failure nobody expected after another. */
  private static final int MAX_DOUBLED = 2;

  /**
   * How long a claim stands at the end before it is passed over, when the intake is sealed and
   * nobody begins any more; see {@link RingDrain#passAbandonedClaim} for the time before.
   */
  private static final long BLOCKED_AT_THE_END_NANOS = 100_000_000L;

  /** From one look at a claim that somebody is within to the next. */
  private static final long CLAIM_LOOK_NANOS = 20_000;

  /** Brings over what an earlier process left and a full disk kept from being taken over. */
  @FunctionalInterface
  public interface Arrears {
    /** For a start that brought over everything. */
    Arrears NONE = () -> {};

    /**
     * Brings over all of it; called until it returns once.
     *
     * @throws StoreFullException if there is still no room
     */
    void settle() throws IOException;
  }

  /**
   * What became of events handed to {@link #replay}.
   *
   * @param appended how many reached the journal; they are the first ones
   * @param problem why the others did not; empty when all did
   */
  public record Replayed(int appended, String problem) {}

  private record Replay(List<byte[]> events, CompletableFuture<Replayed> done) {}

  private final Queue<Replay> replays = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;
  private final EventSource source;
  private final Journal journal;
  private final BridgeClock clock;
  private final Threads threads;
  private final LogThrottle throttle;
  private final Runnable onMoved;
  private RingDrain ring;

  /** What follows {@link #ring} once that is empty; null as long as its file is in its place. */
  private RingDrain renewed;

  /** Whether a ring was cut, and what was lost with it is not counted yet. */
  private boolean cut;

  private Arrears arrears;
  private volatile String problem = "";
  private long nextLookNanos;

  /** Failures nobody expected, since events were moved. */
  private int failures;

  private volatile boolean full;
  private volatile boolean emptied;

  /**
   * Looks at once whether the journal can be written, so that a start on a full disk takes nothing.
   *
   * @param arrears what goes before everything in the ring
   * @param onMoved called on this duty's thread after events reached the journal
   */
  public JournalDuty(
      EventSource source, Journal journal, Arrears arrears, World world, Runnable onMoved) {
    this.source = source;
    this.ring = source.drain();
    this.journal = journal;
    this.clock = world.clock();
    this.threads = world.threads();
    this.throttle = new LogThrottle(clock);
    this.onMoved = onMoved;
    this.arrears = arrears;
    this.nextLookNanos = clock.nanos();
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
    int replayed = replaySome();
    if (full) {
      return replayed;
    }
    try {
      long accepted = source.accepted();
      // Nothing is freed in a ring that is given up, so that nobody can still put something there.
      int events = renewed == null ? journal.move(ring) : journal.moveSealed(ring);
      if (events > 0) {
        failures = 0;
        onMoved.run();
      } else if (renewed != null && !ring.hasMore()) {
        ring = renewed;
        renewed = null;
      } else if (cut && !ring.hasMore()) {
        cut = false;
        journal.lostInRing(
            accepted - journal.lostInRing() - (journal.moved() - journal.recovered()));
      } else if (passAbandonedClaim()) {
        return 1 + replayed; // What is behind it waits no longer.
      }
      return events + replayed;
    } catch (StoreFullException e) {
      setProblem(e.getMessage());
    } catch (Exception e) {
      setProblem(journal.folder() + " cannot be written: " + Reason.of(e));
      throttle.run("unexpected", () -> log.error("{}; trying again", problem, Reason.trace(e)));
      // Nothing the journal can try tells whether that is over, but the next event.
      nextLookNanos = clock.nanos() + (LOOK_AGAIN_NANOS << Math.min(failures++, MAX_DOUBLED));
    }
    return 0;
  }

  /** While the ring is changed nobody looks into the old one for this duty. */
  @Override
  public long mayRestNanos() {
    return renewed != null ? WATCHFUL_NANOS : nextLookNanos - clock.nanos();
  }

  /**
   * Whether there is something in the ring that could go to the journal now. Any thread; no
   * waiting.
   */
  public boolean hasWaiting() {
    return !full && source.hasWaiting();
  }

  /**
   * Puts events of dead letters into the journal, at this duty's next slice. Any thread but the
   * game thread; no waiting.
   */
  public CompletionStage<Replayed> replay(List<byte[]> events) {
    CompletableFuture<Replayed> done = new CompletableFuture<>();
    replays.add(new Replay(events, done));
    if (ended) {
      refuseReplays();
    }
    return done;
  }

  /** One at a time: the ring is not kept waiting for long. */
  private int replaySome() {
    Replay replay = replays.poll();
    if (replay == null) {
      return 0;
    }
    long before = journal.replayed();
    String failure = "it failed";
    try {
      failure = full ? problem : append(replay.events);
    } finally {
      int appended = (int) (journal.replayed() - before);
      if (appended > 0) {
        onMoved.run();
      }
      // Also after an error: somebody waits, and lets go of the letters that are not on their way.
      replay.done.complete(new Replayed(appended, failure));
    }
    return 1;
  }

  private String append(List<byte[]> events) {
    try {
      journal.replay(events);
      return "";
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
    setProblem(now);
  }

  /**
   * Sees that a later process would find the ring: some systems clear shared memory when a user
   * logs out (systemd's {@code RemoveIPC}). What is in the old ring goes to the journal now.
   */
  private String keepRing() {
    if (renewed != null || !source.isRingLost()) {
      return "";
    }
    try {
      cut |= source.isRingCut();
      renewed = source.renew();
      log.error(
          "somebody removed {} or cut it, and it was made again; had this process been killed before, events"
              + " that were not in the journal yet would be lost",
          source.path());
      return "";
    } catch (IOException e) {
      rescue();
      return Sentence.of(
          "somebody removed %s or cut it, and it cannot be made again: %s",
          source.path(), Reason.of(e));
    }
  }

  /** Brings over what a ring without a name holds, since nobody would find it after a crash. */
  private void rescue() {
    if (arrears != Arrears.NONE) {
      return; // They go first.
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
   * Brings over everything that was accepted; the intake is sealed and this duty's thread has
   * ended.
   */
  public void finish(long timeoutMs) {
    ended = true;
    refuseReplays();
    source.seal();
    long deadline = clock.nanos() + timeoutMs * 1_000_000;
    try {
      emptied = moveAll(deadline) || moveWhatNobodyWouldFind();
      if (!emptied) {
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

  /** Whether the ring is empty, and the one that follows it; at least one look at each. */
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
   * What is behind abandoned claims, in a ring without a name that no next start takes over.
   * Nothing was claimed since the intake was sealed, so all claims have stood as long as the first.
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

  /** Until the claim that lies first has stood unchanged for a while, or nothing is left. */
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

  /** Whether nobody would find {@link #ring} after this process. */
  private boolean hasNoName() {
    return renewed != null || source.isRingLost();
  }

  private String whatBecomesOfTheRest() {
    return hasNoName()
        ? "what is left in the ring is lost, since somebody removed its file"
        : "what is left in the ring is taken over by the next start";
  }

  /** Whether {@link #finish} found nothing left in the ring, and nobody at work in it. */
  public boolean emptied() {
    return emptied;
  }

  private boolean passAbandonedClaim() {
    boolean passed = source.hasAbandonedClaims() && ring.passAbandonedClaim(clock.nanos());
    if (passed) {
      log.warn("an event whose publisher ended by an error was never accepted; it is passed over");
    }
    return passed;
  }

  /** What keeps the journal from taking events; empty when nothing does. */
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
      problem = ""; // Whoever sees that is not refused any more.
      log.info("{} can be written again; events are accepted", journal.folder());
    }
    full = !now.isEmpty();
  }
}
