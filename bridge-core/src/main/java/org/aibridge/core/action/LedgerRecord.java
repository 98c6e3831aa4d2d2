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

/**
 * Converts ledger entries to JSON records and back. No state; any thread.
 *
 * <p>A later version may add members, kinds of record and ends of actions; {@code id} and {@code
 * ms} stay where they are. This version reads of such a record that the action was taken up.
 */
final class LedgerRecord {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String HELD = "held";
  private static final String INTENT = "intent";
  private static final String RESULT = "result";
  private static final String REPORTED = "reported";
  private static final String POSITION = "position";

  /** The name of a JSON member that occurs only in the record of an action's first intent. */
  private static final String COUNTS = "counts";

  private LedgerRecord() {}

  /** Returns the record; null if this version cannot read its action's id. */
  static JsonNode parse(byte[] bytes, int length) {
    try {
      JsonNode record = MAPPER.readTree(bytes, 0, length);
      return record.path("id").asText().isEmpty() ? null : record;
    } catch (IOException e) {
      return null; // The checksum is right, so a later version wrote the record.
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
    return record(REPORTED, TextNode.valueOf(id), ms);
  }

  /** Returns a record that belongs to no action and only stores a position. */
  static ObjectNode bare(long ms) {
    return record(POSITION, TextNode.valueOf(POSITION), ms);
  }

  /** True if {@code record} concerns no action. */
  static boolean isBare(JsonNode record) {
    return record.path("kind").asText().equals(POSITION);
  }

  /** Adds the position up to which a log of actions was taken; any record can hold one. */
  static void putPosition(ObjectNode record, String position) {
    record.put(POSITION, position);
  }

  /** Returns the position up to which a log was taken; empty if {@code record} has none. */
  static String position(JsonNode record) {
    return record.path(POSITION).asText();
  }

  static boolean isReported(JsonNode record) {
    return record.path("kind").asText().equals(REPORTED);
  }

  /** True if {@link #entry} can read the action's state from {@code record}. */
  static boolean isKnown(JsonNode record) {
    return switch (record.path("kind").asText()) {
      case HELD -> record.path("action").isTextual();
      case INTENT -> true;
      case RESULT -> ActionResult.End.of(record.path("end").asText()) != null;
      default -> false;
    };
  }

  /** True if {@code record} says how its action ended. */
  static boolean isResult(JsonNode record) {
    return record.path("kind").asText().equals(RESULT) && isKnown(record);
  }

  /**
   * Returns the record of the whole of {@code entry}, dated {@code ms}.
   *
   * @param tally what the action counts towards if this is its first intent, else null
   */
  static ObjectNode whole(LedgerEntry entry, long ms, Tally tally) {
    String kind =
        switch (entry.state()) {
          case HELD, APPROVED -> HELD;
          case INTENDED -> INTENT;
          case ENDED, REPORTED -> RESULT;
        };
    ObjectNode record = record(kind, entry.writtenId(), ms);
    record.put("type", entry.type).put("fingerprint", entry.fingerprint);
    if (!entry.changes.isEmpty()) {
      record.put("changes", entry.changes);
    }
    if (entry.hasEnded()) {
      ActionResult result = entry.result();
      record.put("end", result.end().code()).put("message", result.message());
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

  /** Returns the entry in {@code record}; if not {@link #isKnown}, it has only the action's id. */
  static LedgerEntry entry(JsonNode record) {
    LedgerEntry entry =
        new LedgerEntry(
            record.path("id").asText(),
            record.path("type").asText().intern(),
            record.path("fingerprint").asInt());
    entry.hasNumberId = record.path("id").isNumber();
    entry.changes = record.path("changes").asText();
    if (isResult(record)) {
      entry.end(
          new ActionResult(
              ActionResult.End.of(record.path("end").asText()),
              record.path("message").asText(),
              record.path("at").asLong()));
      if (record.path("reported").asBoolean()) {
        entry.acknowledge();
      }
    } else if (record.path("kind").asText().equals(HELD) && isKnown(record)) {
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

  /** Returns the action's tally; null if {@code record} is not the record of its first intent. */
  static Tally tally(JsonNode record) {
    if (!record.has(COUNTS)) {
      return null;
    }
    List<SubjectName> subjects = new ArrayList<>();
    record
        .path(COUNTS)
        .forEach(subject -> SubjectName.parse(subject.asText()).ifPresent(subjects::add));
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
