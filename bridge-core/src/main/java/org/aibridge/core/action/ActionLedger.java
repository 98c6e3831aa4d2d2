package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentSync;
import org.aibridge.core.store.SegmentTail;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every action the bridge has taken, on disk: what makes "at most once" hold across a crash.
 *
 * <p>Three kinds of record, each a small JSON object: the intent, written before the action can
 * reach the game thread; the result; and that the service acknowledged the result. An intent
 * without a result when the ledger is opened is in doubt: the process ended with the action in its
 * hands. It gets a result that says so, and is never run.
 *
 * <p>For one thread. An id is remembered for {@code memory} after its last record, and until its
 * result is acknowledged. That time runs only while a ledger is open, whatever the wall clock says:
 * one that is wrong at a start makes nothing forgotten. What must outlive a segment that is to be
 * deleted is written again first.
 */
final class ActionLedger implements AutoCloseable {
  static final String IN_DOUBT = "interrupted; outcome unknown";

  private static final Logger logger = LoggerFactory.getLogger(ActionLedger.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long SEGMENT_BYTES = 4 << 20;

  /** What is known of one id. */
  static final class Entry {
    final String id;
    final String type;
    final int fingerprint;
    ActionResult result;
    boolean reported;

    /** The sum of the bytes that last said the same as the fingerprint; 0 when not known. */
    int sameBytes;

    private long lastMs;

    /** Where the newest record lies that tells all there is to know of this id. */
    private int segment;

    Entry(String id, String type, int fingerprint) {
      this.id = id;
      this.type = type;
      this.fingerprint = fingerprint;
    }
  }

  /** Puts a record on disk and returns its position. */
  @FunctionalInterface
  interface Appender {
    long append(byte[] record);
  }

  private final SegmentLog log;
  private final Appender appender;
  private final LogSync disk;
  private final BridgeClock clock;
  private final Duration memory;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final TreeMap<Integer, Long> segmentNewestMs = new TreeMap<>();
  private final long openedNanos;

  /** The time of the ledger when it was opened: that of its newest record. */
  private long openedMs;

  private int inDoubt;

  private ActionLedger(
      SegmentLog log, Appender appender, LogSync disk, Duration memory, BridgeClock clock) {
    this.log = log;
    this.appender = appender;
    this.disk = disk;
    this.memory = memory;
    this.clock = clock;
    this.openedNanos = clock.nanos();
    load();
  }

  /**
   * Opens the ledger and settles what an earlier process left in doubt.
   *
   * @param synced whether {@link #sync} really syncs
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  static ActionLedger open(
      Path folder, Duration memory, long reserveBytes, boolean synced, BridgeClock clock)
      throws IOException {
    SegmentLog log = SegmentLog.open(folder, SEGMENT_BYTES, reserveBytes, clock);
    return open(log, log::append, synced ? new SegmentSync(log) : LogSync.NONE, memory, clock);
  }

  /** Opens the ledger in {@code log}, which becomes the ledger's own. */
  static ActionLedger open(
      SegmentLog log, Appender appender, LogSync disk, Duration memory, BridgeClock clock) {
    try {
      return new ActionLedger(log, appender, disk, memory, clock);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** What is known of {@code id}, or null. */
  Entry find(String id) {
    return entries.get(id);
  }

  /** Why the ledger takes no record now, as a sentence that names its folder; empty if it does. */
  String problem() {
    return log.problem();
  }

  /** How many ids are known. */
  int size() {
    return entries.size();
  }

  /**
   * Brings the records so far to where they survive what they must survive. Waits as long as the
   * disk does.
   *
   * @throws IOException if the disk did not take them
   */
  void sync() throws IOException {
    disk.sync();
  }

  /** Notes that the action is about to be handed to the game thread. */
  Entry intend(String id, String type, int fingerprint) {
    Entry entry = new Entry(id, type, fingerprint);
    writeWhole(entry, nowMs());
    entries.put(id, entry);
    return entry;
  }

  /** Notes an action that never gets to the game thread. */
  Entry refuse(String id, String type, int fingerprint, String reason) {
    Entry entry = new Entry(id, type, fingerprint);
    end(entry, new ActionResult(ActionResult.End.REFUSED, reason, clock.epochMs()));
    entries.put(id, entry);
    return entry;
  }

  /** Notes how the action ended. */
  void end(Entry entry, ActionResult result) {
    ActionResult before = entry.result;
    entry.result = result;
    try {
      writeWhole(entry, nowMs());
    } catch (StoreFullException e) {
      entry.result = before;
      throw e;
    }
  }

  /** Notes that the service has acknowledged the result. */
  void reported(Entry entry) {
    if (!entry.reported) {
      write(entry, record("reported", entry.id, nowMs()));
      entry.reported = true;
    }
  }

  /**
   * Notes that the service still offers an action whose result it has acknowledged: it is
   * remembered anew, or it would be forgotten while it is still on offer. Writes only now and then.
   */
  void offeredAgain(Entry entry) {
    long now = nowMs();
    if (entry.reported && now - entry.lastMs > memory.toMillis() / 4) {
      writeWhole(entry, now);
    }
  }

  /** The ended actions whose results the service has not acknowledged, oldest first. */
  List<Entry> unreported() {
    List<Entry> result = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.result != null && !entry.reported) {
        result.add(entry);
      }
    }
    return result;
  }

  /** How many actions were in doubt when the ledger was opened. */
  int inDoubt() {
    return inDoubt;
  }

  /** Forgets what is older than the memory, in memory and on disk. */
  void forgetOld() {
    long horizon = nowMs() - memory.toMillis();
    entries.values().removeIf(entry -> entry.reported && entry.lastMs < horizon);
    int keep = firstSegmentToKeep(horizon);
    if (segmentNewestMs.isEmpty() || keep == segmentNewestMs.firstKey()) {
      return;
    }
    try {
      for (Entry entry : entries.values()) {
        if (entry.segment < keep) {
          writeWhole(entry, entry.lastMs);
        }
      }
      sync();
    } catch (StoreFullException | IOException e) {
      // Nothing is deleted before what must outlive it is written again.
      logger.debug("the ledger keeps its old segments for now: {}", e.toString());
      return;
    }
    segmentNewestMs.headMap(keep).clear();
    log.deleteBefore(SegmentLog.firstPositionOf(keep));
  }

  /** The oldest segment with a record younger than {@code horizon}, or the newest there is. */
  private int firstSegmentToKeep(long horizon) {
    for (Map.Entry<Integer, Long> segment : segmentNewestMs.entrySet()) {
      if (segment.getValue() >= horizon) {
        return segment.getKey();
      }
    }
    return segmentNewestMs.isEmpty() ? 0 : segmentNewestMs.lastKey();
  }

  @Override
  public void close() {
    log.close();
  }

  private void load() {
    try (SegmentTail tail = log.tail()) {
      while (tail.next()) {
        apply(parse(tail), SegmentLog.segmentOf(tail.position()));
      }
      if (log.damagedRecords() > 0) {
        logger.warn("{} records of the ledger are lost to damage", log.damagedRecords());
      }
    }
    openedMs = segmentNewestMs.values().stream().max(Long::compare).orElseGet(clock::epochMs);
    for (Entry entry : entries.values()) {
      if (entry.result == null) {
        inDoubt++;
        settle(entry, new ActionResult(ActionResult.End.IN_DOUBT, IN_DOUBT, clock.epochMs()));
      }
    }
    forgetOld();
  }

  /** The time that records carry: it goes on from the newest one at the pace of the bridge. */
  private long nowMs() {
    return openedMs + (clock.nanos() - openedNanos) / 1_000_000;
  }

  private void settle(Entry entry, ActionResult result) {
    try {
      end(entry, result);
    } catch (StoreFullException e) {
      // Kept in memory: the next start finds the same doubt and says the same of it.
      entry.result = result;
    }
  }

  private void apply(JsonNode record, int segment) {
    String id = record.path("id").asText();
    long ms = record.path("ms").asLong();
    segmentNewestMs.merge(segment, ms, Math::max);
    Entry entry = entries.get(id);
    if (record.path("kind").asText().equals("reported")) {
      if (entry != null) {
        entry.reported = true;
        entry.lastMs = Math.max(entry.lastMs, ms);
      }
      return;
    }
    if (entry == null) {
      entry =
          new Entry(id, record.path("type").asText().intern(), record.path("fingerprint").asInt());
      entries.put(id, entry);
    }
    entry.segment = segment;
    entry.lastMs = Math.max(entry.lastMs, ms);
    if (record.has("end")) {
      entry.result = result(record);
      entry.reported = record.path("reported").asBoolean();
    }
  }

  private static ActionResult result(JsonNode record) {
    return new ActionResult(
        ActionResult.End.valueOf(record.path("end").asText()),
        record.path("message").asText(),
        record.path("at").asLong());
  }

  private static ObjectNode record(String kind, String id, long ms) {
    return MAPPER.createObjectNode().put("kind", kind).put("id", id).put("ms", ms);
  }

  /** Writes all there is to know of {@code entry} in one record, as of {@code ms}. */
  private void writeWhole(Entry entry, long ms) {
    ActionResult result = entry.result;
    ObjectNode record = record(result == null ? "intent" : "result", entry.id, ms);
    record.put("type", entry.type).put("fingerprint", entry.fingerprint);
    if (result != null) {
      record.put("end", result.end().name()).put("message", result.message());
      record.put("at", result.atMs()).put("reported", entry.reported);
    }
    entry.segment = write(entry, record);
  }

  private int write(Entry entry, ObjectNode record) {
    try {
      int segment = SegmentLog.segmentOf(appender.append(MAPPER.writeValueAsBytes(record)));
      long ms = record.path("ms").asLong();
      entry.lastMs = Math.max(entry.lastMs, ms);
      segmentNewestMs.merge(segment, ms, Math::max);
      return segment;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(SegmentTail tail) {
    try {
      return MAPPER.readTree(tail.bytes(), 0, tail.length());
    } catch (IOException e) {
      throw new UncheckedIOException("a ledger record with a good sum is not JSON", e);
    }
  }
}
