package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.BridgeConfig;

/** Converts ledger entries to JSON records and back. No state; any thread. */
final class LedgerRecord {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The member that only the first intent of an action has. */
  private static final String COUNTS = "counts";

  private LedgerRecord() {}

  static JsonNode parse(byte[] bytes, int length) {
    try {
      return MAPPER.readTree(bytes, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException("a ledger record with a good sum is not JSON", e);
    }
  }

  static byte[] bytes(ObjectNode record) {
    try {
      return MAPPER.writeValueAsBytes(record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the record which says that the service acknowledged the result. */
  static ObjectNode reported(String id, long ms) {
    return record("reported", TextNode.valueOf(id), ms);
  }

  static boolean isReported(JsonNode record) {
    return record.path("kind").asText().equals("reported");
  }

  /**
   * Returns the record of the whole of {@code entry}, dated {@code ms}.
   *
   * @param tally what the action counts towards if this is its first intent, else null
   */
  static ObjectNode whole(LedgerEntry entry, long ms, Tally tally) {
    String kind =
        switch (entry.state()) {
          case HELD, APPROVED -> "held";
          case INTENDED -> "intent";
          case ENDED, REPORTED -> "result";
        };
    ObjectNode record = record(kind, entry.writtenId(), ms);
    record.put("type", entry.type).put("fingerprint", entry.fingerprint);
    if (!entry.changes.isEmpty()) {
      record.put("changes", entry.changes);
    }
    if (entry.hasEnded()) {
      ActionResult result = entry.result();
      record.put("end", result.end().name()).put("message", result.message());
      record.put("at", result.atMs()).put("reported", entry.isReported());
    } else if (entry.isHeld()) {
      boolean approved = entry.state() == LedgerEntry.State.APPROVED;
      record.put("action", entry.held()).put("since", entry.heldMs()).put("approved", approved);
      record.put("strict", entry.strict);
    }
    if (tally != null) {
      put(tally, record);
    }
    return record;
  }

  private static ObjectNode record(String kind, JsonNode id, long ms) {
    ObjectNode record = MAPPER.createObjectNode().put("kind", kind);
    record.set("id", id);
    return record.put("ms", ms);
  }

  /** Returns the entry in a record that {@link #whole} made. */
  static LedgerEntry entry(JsonNode record) {
    LedgerEntry entry =
        new LedgerEntry(
            record.path("id").asText(),
            record.path("type").asText().intern(),
            record.path("fingerprint").asInt());
    entry.hasNumberId = record.path("id").isNumber();
    entry.changes = record.path("changes").asText();
    if (record.has("end")) {
      entry.end(
          new ActionResult(
              ActionResult.End.valueOf(record.path("end").asText()),
              record.path("message").asText(),
              record.path("at").asLong()));
      if (record.path("reported").asBoolean()) {
        entry.acknowledge();
      }
    } else if (record.has("action")) {
      entry.strict = record.path("strict").asBoolean(true);
      entry.hold(record.path("action").asText(), record.path("since").asLong());
      if (record.path("approved").asBoolean()) {
        entry.approve();
      }
    }
    return entry;
  }

  private static void put(Tally tally, ObjectNode record) {
    ArrayNode subjects = record.putArray(COUNTS);
    tally.subjects().forEach(subject -> subjects.add(subject.toString()));
    BridgeConfig.Goods goods = tally.goods();
    if (goods != null) {
      record
          .putArray("goods")
          .add(goods.zeny())
          .add(goods.items())
          .add(goods.baseExp())
          .add(goods.jobExp());
    }
  }

  /** Returns what an action counts towards; null if {@code record} is not its first intent. */
  static Tally tally(JsonNode record) {
    if (!record.has(COUNTS)) {
      return null;
    }
    List<SubjectName> subjects = new ArrayList<>();
    record.path(COUNTS).forEach(subject -> subjects.add(SubjectName.parse(subject.asText())));
    JsonNode goods = record.path("goods");
    return new Tally(
        ActionType.of(record.path("type").asText()),
        subjects,
        goods.isMissingNode()
            ? null
            : new BridgeConfig.Goods(
                goods.path(0).asLong(),
                goods.path(1).asLong(),
                goods.path(2).asLong(),
                goods.path(3).asLong()));
  }
}
