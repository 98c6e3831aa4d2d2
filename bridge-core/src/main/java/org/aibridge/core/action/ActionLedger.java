package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Every action the bridge has taken, on disk: what makes "at most once" hold across a crash.
 *
 * <p>Four kinds of record, each a small JSON object: that an action waits for an operator, with the
 * whole of it; the intent, written before the action can reach the game thread; the result; and
 * that the service acknowledged the result. An intent without a result when the ledger is opened
 * was in a process's hands when it ended: it is settled then and never run.
 *
 * <p>For one thread. A segment is kept for a little more than a day at least, since what an intent
 * counts towards stands in it. What is not finished is in memory; of what is, only {@link IdTable}
 * knows where it lies, and a look at it reads the disk. An id is remembered for {@code memory}
 * after the newest record of the segment its own lies in, and until its result is acknowledged.
 * That time runs only while a ledger is open, whatever the wall clock says: one that is wrong at a
 * start makes nothing forgotten. What must outlive a segment that is to be deleted is written again
 * first.
 */
final class ActionLedger implements AutoCloseable {
  static final String IN_DOUBT = "interrupted; outcome unknown";

  private static final Logger logger = Logs.of(ActionLedger.class);

  private final LedgerLog log;
  private final BridgeClock clock;
  private final Duration memory;

  /** What is not finished, and what is in doubt. */
  private final Map<String, LedgerEntry> open = new LinkedHashMap<>();

  /** What is finished and acknowledged. */
  private final FinishedActions finished;

  private final RefusedActions refusals = new RefusedActions();
  private final int maxKnown;

  /** What was settled when the ledger was opened and the disk did not take. */
  private final Deque<LedgerEntry> unwritten = new ArrayDeque<>();

  private int inDoubt;

  private ActionLedger(
      LedgerLog log, Duration memory, BridgeClock clock, LedgerSettler settler, int maxKnown) {
    this.log = log;
    this.memory = memory;
    this.clock = clock;
    this.finished = new FinishedActions(log, clock);
    this.maxKnown = maxKnown;
    load(settler);
  }

  /**
   * Opens the ledger and settles what an earlier process left in doubt.
   *
   * @param noteFolder where {@link LedgerNote} lies, outside {@code folder}
   * @param synced whether {@link #sync} really syncs
   * @param settler asked for each action that an earlier process had in its hands
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  static ActionLedger open(
      Path noteFolder,
      Path folder,
      Duration memory,
      long reserveBytes,
      boolean synced,
      World world,
      LedgerSettler settler)
      throws IOException {
    return open(
        LedgerLog.open(noteFolder, folder, reserveBytes, synced, world),
        memory,
        world.clock(),
        settler,
        FinishedActions.mostInHeap());
  }

  /**
   * Opens the ledger in {@code log}, which becomes the ledger's own.
   *
   * @param maxKnown at how many ids {@link #isFull} is true
   */
  static ActionLedger open(
      LedgerLog log, Duration memory, BridgeClock clock, LedgerSettler settler, int maxKnown) {
    try {
      return new ActionLedger(log, memory, clock, settler, maxKnown);
    } catch (Throwable e) {
      log.close();
      throw e;
    }
  }

  static ActionResult doubt(LedgerEntry interrupted, long nowMs) {
    return new ActionResult(ActionResult.End.IN_DOUBT, IN_DOUBT, nowMs);
  }

  /**
   * What is known of {@code id}, or null. Reads the disk when the action is finished.
   *
   * @throws UncheckedIOException if that cannot be read now
   */
  LedgerEntry find(String id) {
    LedgerEntry entry = open.get(id);
    if (entry == null) {
      entry = refusals.find(id);
    }
    return entry == null ? finished.find(id) : entry;
  }

  /**
   * Whether so many actions are known that no more may be taken: what was begun must stay known,
   * and the heap must last.
   */
  boolean isFull() {
    return open.size() + finished.size() >= maxKnown;
  }

  /**
   * Why the ledger takes no record now, could not read one since the last call, or cannot be relied
   * on, as a sentence that names its folder; empty if nothing is wrong.
   */
  String problem() {
    String now = log.problem();
    if (now.isEmpty()) {
      now = finished.takeProblem();
    }
    if (now.isEmpty()) {
      now = log.missing();
    }
    return now.isEmpty() && isFull()
        ? Sentence.of(
            "the ledger in %s knows %,d actions, as many as the memory of this process (-Xmx) has"
                + " room for: none is taken until some are older than action_memory_hours",
            log.folder(), open.size() + finished.size())
        : now;
  }

  /** Whether records are gone, and with them ids that may be offered again. */
  boolean isShort() {
    return log.isShort();
  }

  /**
   * The operator has seen to it that nothing the ledger has forgotten is offered again.
   *
   * @throws IOException if that cannot be written down; then nothing has changed
   */
  void trust() throws IOException {
    log.trust();
  }

  /** Records that are known to be lost: missing or damaged when the ledger was opened, or since. */
  long damaged() {
    return log.damaged();
  }

  /**
   * Brings the records so far to where they survive what they must survive. Waits as long as the
   * disk does.
   *
   * @throws IOException if the disk did not take them
   */
  void sync() throws IOException {
    log.sync();
  }

  /**
   * Writes down, now and then, how far the ledger's time has come: what waits, and what counts, is
   * so much older at the next start.
   */
  void keepTime() {
    log.keepTime();
  }

  /** Notes that the action waits for an operator. */
  LedgerEntry hold(String id, String type, int fingerprint, String json) {
    LedgerEntry entry = new LedgerEntry(id, type, fingerprint);
    entry.hold(json, nowMs());
    writeWhole(entry, entry.heldMs());
    open.put(id, entry);
    return entry;
  }

  /** Notes that the operator has said yes, for the next server to act on. */
  void approve(LedgerEntry entry) {
    move(entry, entry::approve, () -> writeWhole(entry, nowMs()));
  }

  /**
   * Notes that the action is about to be handed to the game thread.
   *
   * @param tally what it counts towards from now on, or null
   */
  LedgerEntry intend(String id, String type, int fingerprint, Tally tally) {
    LedgerEntry entry = new LedgerEntry(id, type, fingerprint);
    writeWhole(entry, nowMs(), tally);
    open.put(id, entry);
    return entry;
  }

  /** As {@link #intend}, of an action that was held. */
  void release(LedgerEntry entry, Tally tally) {
    move(entry, entry::release, () -> writeWhole(entry, nowMs(), tally));
  }

  /** Takes an action that is refused as it comes; nothing is written of what was never begun. */
  LedgerEntry refuse(String id, String type, int fingerprint, String reason) {
    LedgerEntry entry = new LedgerEntry(id, type, fingerprint);
    entry.end(new ActionResult(ActionResult.End.REFUSED, reason, clock.epochMs()));
    refusals.add(entry);
    return entry;
  }

  /** Notes that the action has ended now, and how. */
  void end(LedgerEntry entry, ActionResult.End end, String message) {
    end(entry, new ActionResult(end, message, clock.epochMs()));
  }

  /** Notes how the action ended; the service is to hear of it, again if it has heard otherwise. */
  void end(LedgerEntry entry, ActionResult result) {
    move(entry, () -> entry.end(result), () -> writeWhole(entry, nowMs()));
  }

  /** Has {@code entry} go on by {@code step}, unless that cannot be written down. */
  private static void move(LedgerEntry entry, Runnable step, Runnable write) {
    LedgerEntry.Standing before = entry.standing();
    step.run();
    try {
      write.run();
    } catch (Throwable e) {
      entry.restore(before);
      throw e;
    }
  }

  /** Notes that the service has acknowledged the result. */
  void reported(LedgerEntry entry) {
    if (entry.isReported()) {
      return;
    }
    if (entry.isRefusal()) {
      refusals.told(entry);
      return;
    }
    move(entry, entry::acknowledge, () -> writeReported(entry));
    finish(entry);
  }

  private void writeReported(LedgerEntry entry) {
    int before = entry.segment();
    if (write(entry, LedgerRecord.reported(entry.id, nowMs())) != before) {
      // The memory counts from here, so that all there is to know must lie here too.
      writeWhole(entry, nowMs());
    }
  }

  /**
   * Notes that the service still offers an action whose result it has acknowledged: it is
   * remembered anew, or it would be forgotten while it is still on offer. Writes only now and then.
   */
  void offeredAgain(LedgerEntry entry) {
    long now = nowMs();
    if (entry.isReported()
        && !entry.isRefusal()
        && now - log.newestMs(entry.position) > memory.toMillis() / 4) {
      writeWhole(entry, now);
      finish(entry);
    }
  }

  /** The ended actions whose results the service has not acknowledged, oldest first. */
  List<LedgerEntry> unreported() {
    return all(entry -> entry.state() == LedgerEntry.State.ENDED);
  }

  /**
   * Writes what was settled when the ledger was opened and the disk did not take then.
   *
   * @return what is written now and has not been reported, so that the service may hear of it
   */
  List<LedgerEntry> writeSettled() {
    List<LedgerEntry> written = new ArrayList<>();
    try {
      for (LedgerEntry entry = unwritten.peek(); entry != null; entry = unwritten.peek()) {
        if (!entry.isWritten()) {
          writeWhole(entry, nowMs());
        }
        unwritten.remove();
        // Also what was written by the way, since nobody has heard of that either.
        if (!entry.isReported()) {
          written.add(entry);
        }
      }
    } catch (StoreFullException e) {
      logger.debug("{} settled actions wait for the disk: {}", unwritten.size(), e.getMessage());
    }
    return written;
  }

  /** What was settled when the ledger was opened and is still not on the disk. */
  List<LedgerEntry> unwritten() {
    return List.copyOf(unwritten);
  }

  /** The actions that are about to be applied, or are being applied, oldest first. */
  List<LedgerEntry> intents() {
    return all(entry -> entry.state() == LedgerEntry.State.INTENDED);
  }

  /** The actions that wait for an operator, oldest first. */
  List<LedgerEntry> held() {
    return all(LedgerEntry::isHeld);
  }

  /** The actions nobody knows the outcome of, oldest first. */
  List<LedgerEntry> doubts() {
    return all(LedgerEntry::isInDoubt);
  }

  /** How many actions became in doubt when the ledger was opened. */
  int inDoubt() {
    return inDoubt;
  }

  /** How long {@code entry} has been held, in milliseconds of the ledger's time. */
  long heldForMs(LedgerEntry entry) {
    return nowMs() - entry.heldMs();
  }

  /** Forgets what is older than the memory, in memory and on disk. */
  void forgetOld() {
    long horizon = nowMs() - memory.toMillis();
    finished.removeIf(position -> log.newestMs(position) < horizon);
    open.values().removeIf(entry -> entry.isReported() && log.newestMs(entry.position) < horizon);
    int keep = log.firstSegmentToKeep(Math.min(horizon, nowMs() - Tally.COUNTS_MS));
    if (log.beginsWith(keep)) {
      return;
    }
    try {
      for (LedgerEntry entry : open.values()) {
        if (entry.segment() < keep) {
          writeWhole(entry, entry.lastMs);
        }
      }
      sync();
    } catch (StoreFullException | IOException e) {
      // Nothing is deleted before what must outlive it is written again.
      logger.debug("the ledger keeps its old segments for now: {}", e.toString());
      return;
    }
    finished.close();
    log.deleteBefore(keep);
  }

  private List<LedgerEntry> all(Predicate<LedgerEntry> which) {
    List<LedgerEntry> result = new ArrayList<>();
    for (LedgerEntry entry : open.values()) {
      if (which.test(entry)) {
        result.add(entry);
      }
    }
    return result;
  }

  @Override
  public void close() {
    finished.close();
    log.close();
  }

  private void load(LedgerSettler settler) {
    Map<String, LedgerEntry> stretched = new LinkedHashMap<>();
    log.read(
        (record, position) -> {
          apply(record, position, stretched);
          Tally tally = LedgerRecord.tally(record);
          if (tally != null) {
            settler.counted(tally, record.path("ms").asLong());
          }
        });
    for (LedgerEntry entry : intents()) {
      ActionResult result = settler.settle(entry, clock.epochMs());
      inDoubt += result.end() == ActionResult.End.IN_DOUBT ? 1 : 0;
      settle(entry, result);
    }
    stretched.values().forEach(this::writeAgain);
    forgetOld();
  }

  /** The time that records carry, in milliseconds. */
  long nowMs() {
    return log.nowMs();
  }

  private void settle(LedgerEntry entry, ActionResult result) {
    try {
      end(entry, result);
    } catch (StoreFullException e) {
      // Kept in memory, and nowhere on disk: whatever is written of it next says all of it.
      entry.end(result);
      entry.position = 0;
      unwritten.add(entry);
    }
  }

  private void writeAgain(LedgerEntry entry) {
    try {
      writeWhole(entry, entry.lastMs);
      finish(entry);
    } catch (StoreFullException e) {
      logger.debug("{} is remembered as long as its first record", entry.id);
    }
  }

  /** Takes one record; {@code stretched} gets what was acknowledged in a later segment. */
  private void apply(JsonNode record, long position, Map<String, LedgerEntry> stretched) {
    String id = record.path("id").asText();
    long ms = record.path("ms").asLong();
    if (LedgerRecord.isReported(record)) {
      LedgerEntry entry = open.get(id);
      if (entry != null && entry.hasEnded()) {
        entry.acknowledge();
        entry.lastMs = Math.max(entry.lastMs, ms);
        if (entry.segment() != SegmentLog.segmentOf(position)) {
          stretched.put(id, entry);
        }
        finish(entry);
      }
      return;
    }
    LedgerEntry entry = LedgerRecord.entry(record);
    entry.position = position;
    entry.lastMs = ms;
    open.put(id, entry);
    // What was written whole since says more than what was acknowledged before.
    stretched.remove(id);
    finish(entry);
  }

  /** Keeps of an acknowledged action where it lies, and no more. */
  private void finish(LedgerEntry entry) {
    if (entry.isReported() && !entry.isInDoubt()) {
      finished.put(entry);
      open.remove(entry.id);
    }
  }

  /** Writes all there is to know of {@code entry} in one record, as of {@code ms}. */
  private void writeWhole(LedgerEntry entry, long ms) {
    writeWhole(entry, ms, null);
  }

  private void writeWhole(LedgerEntry entry, long ms, Tally tally) {
    entry.position = log.append(LedgerRecord.whole(entry, ms, tally));
    entry.lastMs = Math.max(entry.lastMs, ms);
  }

  private int write(LedgerEntry entry, ObjectNode record) {
    int segment = SegmentLog.segmentOf(log.append(record));
    entry.lastMs = Math.max(entry.lastMs, record.path("ms").asLong());
    return segment;
  }
}
