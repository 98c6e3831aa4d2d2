package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentTail;

/**
 * Every action the bridge has taken, on disk: what makes "at most once" hold across a crash.
 *
 * <p>Three kinds of record, each a small JSON object: the intent, written before the action can
 * reach the game thread; the result; and that the service acknowledged the result. An intent
 * without a result when the ledger is opened is in doubt: the process ended with the action in its
 * hands. It gets a result that says so, and is never run.
 *
 * <p>For one thread. An id is remembered for {@code memory} after its last record.
 */
final class ActionLedger implements AutoCloseable {
  static final String IN_DOUBT = "interrupted; outcome unknown";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long SEGMENT_BYTES = 4 << 20;

  /** What is known of one id. */
  static final class Entry {
    final String id;
    final String type;
    final int fingerprint;
    ActionResult result;
    boolean reported;
    private long lastMs;
    private int firstSegment;

    Entry(String id, String type, int fingerprint) {
      this.id = id;
      this.type = type;
      this.fingerprint = fingerprint;
    }
  }

  private final SegmentLog log;
  private final BridgeClock clock;
  private final Duration memory;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final TreeMap<Integer, Long> segmentNewestMs = new TreeMap<>();
  private int inDoubt;

  private ActionLedger(SegmentLog log, Duration memory, BridgeClock clock) {
    this.log = log;
    this.memory = memory;
    this.clock = clock;
    load();
  }

  /**
   * Opens the ledger and settles what an earlier process left in doubt.
   *
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  static ActionLedger open(Path folder, Duration memory, long reserveBytes, BridgeClock clock)
      throws IOException {
    SegmentLog log = SegmentLog.open(folder, SEGMENT_BYTES, reserveBytes, clock);
    try {
      return new ActionLedger(log, memory, clock);
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /** What is known of {@code id}, or null. */
  Entry find(String id) {
    return entries.get(id);
  }

  /** Notes that the action is about to be handed to the game thread. */
  Entry intend(String id, String type, int fingerprint) {
    Entry entry = new Entry(id, type, fingerprint);
    ObjectNode record = record("intent", id);
    record.put("type", type).put("fingerprint", fingerprint);
    write(entry, record);
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
    ObjectNode record = record("result", entry.id);
    record.put("type", entry.type).put("fingerprint", entry.fingerprint);
    record.put("end", result.end().name()).put("message", result.message());
    write(entry, record);
    entry.result = result;
    entry.reported = false;
  }

  /** Notes that the service has acknowledged the result. */
  void reported(Entry entry) {
    write(entry, record("reported", entry.id));
    entry.reported = true;
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
    long horizon = clock.epochMs() - memory.toMillis();
    Iterator<Entry> all = entries.values().iterator();
    int oldestOpen = Integer.MAX_VALUE;
    while (all.hasNext()) {
      Entry entry = all.next();
      if (entry.reported && entry.lastMs < horizon) {
        all.remove();
      } else if (!entry.reported) {
        oldestOpen = Math.min(oldestOpen, entry.firstSegment);
      }
    }
    while (segmentNewestMs.size() > 1) {
      var oldest = segmentNewestMs.firstEntry();
      if (oldest.getValue() >= horizon || oldest.getKey() >= oldestOpen) {
        return;
      }
      segmentNewestMs.pollFirstEntry();
      log.deleteBefore(SegmentLog.firstPositionOf(segmentNewestMs.firstKey()));
    }
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
    }
    for (Entry entry : List.copyOf(entries.values())) {
      if (entry.result == null) {
        inDoubt++;
        end(entry, new ActionResult(ActionResult.End.IN_DOUBT, IN_DOUBT, clock.epochMs()));
      }
    }
    forgetOld();
  }

  private void apply(JsonNode record, int segment) {
    String id = record.path("id").asText();
    long ms = record.path("ms").asLong();
    String kind = record.path("kind").asText();
    Entry entry = entries.get(id);
    if (entry == null && !kind.equals("reported")) {
      entry = new Entry(id, record.path("type").asText(), record.path("fingerprint").asInt());
      entry.firstSegment = segment;
      entries.put(id, entry);
    }
    segmentNewestMs.merge(segment, ms, Math::max);
    if (entry == null) {
      return;
    }
    entry.lastMs = ms;
    if (kind.equals("result")) {
      entry.result =
          new ActionResult(
              ActionResult.End.valueOf(record.path("end").asText()),
              record.path("message").asText(),
              ms);
      entry.reported = false;
    } else if (kind.equals("reported")) {
      entry.reported = true;
    }
  }

  private ObjectNode record(String kind, String id) {
    return MAPPER.createObjectNode().put("kind", kind).put("id", id).put("ms", clock.epochMs());
  }

  private void write(Entry entry, ObjectNode record) {
    try {
      long position = log.append(MAPPER.writeValueAsBytes(record));
      int segment = SegmentLog.segmentOf(position);
      entry.lastMs = record.path("ms").asLong();
      if (entry.firstSegment == 0) {
        entry.firstSegment = segment;
      }
      segmentNewestMs.merge(segment, entry.lastMs, Math::max);
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
