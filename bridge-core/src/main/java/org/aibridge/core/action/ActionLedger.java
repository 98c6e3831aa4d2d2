package org.aibridge.core.action;

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
 * Keeps every accepted action on disk, so that "at most once" holds across a crash.
 *
 * <p>There are four kinds of record, each a small JSON object: an action held for an operator, with
 * all its JSON; an intent, written before the action can reach the game thread; a result; and the
 * service's acknowledgement of a result. Of a log of actions, {@link #place} is how far it was
 * taken. An intent without a result belongs to an action that a process was handling when it ended:
 * opening the ledger settles that action, which is never run. Nor is one of which a later version
 * has written what this version cannot read: it is in doubt, unless its end is known besides.
 *
 * <p>For one thread. The ledger keeps each segment for a little more than a day at least, because
 * intents say what an action counts towards. Unfinished actions are in memory; for a finished one,
 * {@link LedgerIndex} keeps only the record's position, and a lookup reads the disk. The ledger
 * knows an id until its result is acknowledged, and until {@code memory} has passed since the
 * newest record in the segment of the id's own record. This time runs only while a ledger is open,
 * whatever the wall clock says: a wrong wall clock at a start makes the ledger forget nothing.
 * Before a segment is deleted, the records that must outlive it are written again.
 */
final class ActionLedger implements AutoCloseable {
  static final String IN_DOUBT = "interrupted; outcome unknown";

  /**
   * How far the clock of whoever writes a log of actions may be ahead, so that what the ledger has
   * forgotten looks too old all the same: Kafka's brokers take no more.
   */
  static final Duration AHEAD = Duration.ofHours(1);

  private static final Logger logger = Logs.of(ActionLedger.class);

  private final LedgerLog log;
  private final BridgeClock clock;
  private final Duration memory;

  /** The actions that are unfinished or in doubt, by id. */
  private final Map<String, LedgerEntry> open = new LinkedHashMap<>();

  /** The actions that have ended and were reported, except those in doubt. */
  private final FinishedActions finished;

  private final RefusedActions refusals = new RefusedActions();
  private final int maxKnown;

  /**
   * The actions that got their end when the ledger was opened, and whose results are not on disk
   * yet.
   */
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
   * Opens the ledger and settles the actions that an earlier process left unfinished.
   *
   * @param noteFolder the folder of {@link LedgerNote}, outside {@code folder}
   * @param synced true if {@link #sync} is to fsync
   * @param settler asked for each action that an earlier process was handling
   * @throws IOException if the folder cannot be used; the message is a sentence that says why
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
   * Opens the ledger in {@code log}, which the ledger then owns.
   *
   * @param maxKnown the number of ids at which {@link #isFull} is true
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
   * Returns the entry of {@code id}, or null if unknown. Reads the disk if the action is finished.
   *
   * @throws UncheckedIOException if the disk cannot be read now
   */
  LedgerEntry find(String id) {
    LedgerEntry entry = open.get(id);
    if (entry == null) {
      entry = refusals.find(id);
    }
    return entry == null ? finished.find(id) : entry;
  }

  /**
   * True if the ledger knows as many actions as fit in the heap, and may accept no more: an action
   * that was begun must stay known.
   */
  boolean isFull() {
    return open.size() + finished.size() >= maxKnown;
  }

  /**
   * Returns why the ledger cannot write now, could not read a record since the last call, or cannot
   * be relied on, as a sentence that names its folder; empty if nothing is wrong.
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

  /** Returns the command by which an operator accepts lost records: {@link LedgerNote#command}. */
  String command() {
    return log.command();
  }

  /** True if records are missing: the service can then offer ids that the ledger has lost. */
  boolean isShort() {
    return log.isShort();
  }

  /**
   * Accepts the missing records; the operator has made sure that no lost id is offered again.
   *
   * @throws IOException if this cannot be written; then nothing has changed
   */
  void trust() throws IOException {
    log.trust();
  }

  /**
   * Makes this the ledger of a backup: each action that is offered from now on waits for an
   * operator, and so does each that an operator approved and that may have been applied since.
   *
   * @param backupMs when the backup was made
   * @throws IOException if this cannot be written
   */
  void restored(long backupMs) throws IOException {
    log.restored(backupMs);
    for (LedgerEntry entry : held()) {
      if (entry.state() == LedgerEntry.State.APPROVED) {
        move(entry, entry::holdAgain, () -> writeWhole(entry, entry.heldMs()));
      }
    }
    log.sync();
  }

  /**
   * Returns the number of records known to be lost: missing or damaged when the ledger was opened,
   * or since.
   */
  long damaged() {
    return log.damaged();
  }

  /**
   * Makes the records so far durable, with an fsync if the ledger was opened with {@code synced}.
   * Waits for the disk.
   *
   * @throws IOException if the fsync fails
   */
  void sync() throws IOException {
    log.sync();
  }

  /**
   * Saves the ledger's time now and then, so that after a restart the ages of held actions and of
   * counted ones go on from there.
   */
  void keepTime() {
    log.keepTime();
  }

  /** Returns the position reached in the log of actions; the ledger's next record stores it. */
  LedgerPlace place() {
    return log.place();
  }

  /** Records that an action waits for an operator. */
  void hold(LedgerEntry entry, String json) {
    entry.hold(json, nowMs());
    writeWhole(entry, entry.heldMs());
    open.put(entry.id, entry);
  }

  /** Records the operator's approval, so that a restart does not lose it. */
  void approve(LedgerEntry entry) {
    move(entry, entry::approve, () -> writeWhole(entry, nowMs()));
  }

  /**
   * Records the intent to hand the action to the game thread.
   *
   * @param tally what the action counts towards from now on, or null
   */
  LedgerEntry intend(LedgerEntry entry, Tally tally) {
    writeWhole(entry, nowMs(), tally);
    open.put(entry.id, entry);
    return entry;
  }

  /** Records the intent to apply a held action; see {@link #intend}. */
  void release(LedgerEntry entry, Tally tally) {
    move(entry, entry::release, () -> writeWhole(entry, nowMs(), tally));
  }

  /** Remembers an action that is refused on arrival. Writes no record, since no handler ran. */
  void refuse(LedgerEntry entry, String reason) {
    entry.end(new ActionResult(ActionResult.End.REFUSED, reason, clock.epochMs()));
    refusals.add(entry);
  }

  /** Records how the action ended, with the current time. */
  void end(LedgerEntry entry, ActionResult.End end, String message) {
    end(entry, new ActionResult(end, message, clock.epochMs()));
  }

  /** Records how the action ended. The new result is reported even if an older one was. */
  void end(LedgerEntry entry, ActionResult result) {
    move(entry, () -> entry.end(result), () -> writeWhole(entry, nowMs()));
  }

  /** Runs {@code step} and {@code write}; undoes the step if the write fails. */
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

  /** Records that the service has acknowledged the result. */
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
      // The note is in a newer segment than the entry, so that segment must hold the entry too.
      writeWhole(entry, nowMs());
    }
  }

  /**
   * Renews the memory of an action that the service still offers after acknowledging its result, so
   * that the ledger does not forget it meanwhile. Writes only now and then.
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

  /** Returns the ended actions whose results the service has not acknowledged, oldest first. */
  List<LedgerEntry> unreported() {
    return all(entry -> entry.state() == LedgerEntry.State.ENDED);
  }

  /**
   * Writes the results settled at the opening that the disk did not accept then.
   *
   * @return the actions now written and not yet reported, to report to the service
   */
  List<LedgerEntry> writeSettled() {
    List<LedgerEntry> written = new ArrayList<>();
    try {
      for (LedgerEntry entry = unwritten.peek(); entry != null; entry = unwritten.peek()) {
        if (!entry.isWritten()) {
          writeWhole(entry, nowMs());
        }
        unwritten.remove();
        // Includes an entry that another call has written, if it is still unreported.
        if (!entry.isReported()) {
          written.add(entry);
        }
      }
    } catch (StoreFullException e) {
      logger.debug("{} settled actions wait for the disk: {}", unwritten.size(), e.getMessage());
    }
    return written;
  }

  /** Returns the actions that ended when the ledger was opened and whose end is not on disk. */
  List<LedgerEntry> unwritten() {
    return List.copyOf(unwritten);
  }

  /** Returns the actions about to be applied or being applied, oldest first. */
  List<LedgerEntry> intents() {
    return all(entry -> entry.state() == LedgerEntry.State.INTENDED);
  }

  /** Returns the actions that wait for an operator, oldest first. */
  List<LedgerEntry> held() {
    return all(LedgerEntry::isHeld);
  }

  /** Returns the actions in doubt, oldest first. */
  List<LedgerEntry> doubts() {
    return all(LedgerEntry::isInDoubt);
  }

  /** Returns how many actions were found in doubt when the ledger was opened. */
  int inDoubt() {
    return inDoubt;
  }

  /** Returns how long {@code entry} has been held, by the ledger's clock, in milliseconds. */
  long heldForMs(LedgerEntry entry) {
    return nowMs() - entry.heldMs();
  }

  /** Forgets actions older than {@code memory}, in the heap and on disk. */
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
      log.place().keepFrom(keep);
      sync();
    } catch (StoreFullException | IOException e) {
      // Keeps the segments, because records that are still needed could not be written again.
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
    LedgerReading reading = new LedgerReading(open, finished, clock);
    log.read(
        (record, position) -> {
          reading.take(record, position);
          Tally tally = LedgerRecord.tally(record);
          if (tally != null) {
            settler.counted(tally, record.path("ms").asLong());
          }
        });
    reading.inDoubt().forEach(entry -> settle(entry, entry.result()));
    intents().forEach(entry -> settle(entry, settler.settle(entry, clock.epochMs())));
    reading.stretched().forEach(this::writeAgain);
    forgetOld();
  }

  /** Returns the current time of the ledger's clock, in milliseconds. */
  long nowMs() {
    return log.nowMs();
  }

  private void settle(LedgerEntry entry, ActionResult result) {
    inDoubt += result.end() == ActionResult.End.IN_DOUBT ? 1 : 0;
    try {
      end(entry, result);
    } catch (StoreFullException e) {
      // The result is only in memory. Position 0 makes the next write store the whole entry.
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

  private void finish(LedgerEntry entry) {
    finished.takeFrom(open, entry);
  }

  /** Writes the whole {@code entry} as one record with the time {@code ms}. */
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
