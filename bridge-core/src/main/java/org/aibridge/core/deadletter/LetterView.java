package org.aibridge.core.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.aibridge.api.event.GameEvent;

/**
 * A letter as it lies in the store, looked at in place: what the listings ask for costs no parsing.
 *
 * <p>Good until its scan goes on. For one thread.
 */
public final class LetterView {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private byte[] bytes = {};
  private ByteBuffer buffer = ByteBuffer.wrap(bytes);
  private int start;
  private int segment;
  private int idAt;
  private int idLength;
  private int typeLength;
  private int mapLength;
  private int printLength;
  private int jsonAt;
  private int jsonLength;

  LetterView() {}

  /** What is amiss with a record that is no letter. */
  enum Kind {
    LETTER,
    /** Of a version that is newer than this program. */
    NEWER,
    NO_LETTER
  }

  /** Looks at a record. */
  Kind wrap(int ofSegment, byte[] record, int offset, int length) {
    segment = ofSegment;
    if (!LetterRecord.isRecord(record, offset, length)) {
      return wrapJson(record, offset, length);
    }
    int version = record[offset + length - 1];
    if (version != LetterRecord.VERSION) {
      return version > LetterRecord.VERSION ? Kind.NEWER : Kind.NO_LETTER;
    }
    return place(record, offset, length) ? Kind.LETTER : Kind.NO_LETTER;
  }

  /** A record of before version 2 is made one of this version. */
  private Kind wrapJson(byte[] record, int offset, int length) {
    try {
      byte[] now =
          length > 0 && record[offset] == '{'
              ? LetterRecord.encode(parse(MAPPER.readTree(record, offset, length)), 0)
              : new byte[0];
      return now.length > 0 && place(now, 0, now.length) ? Kind.LETTER : Kind.NO_LETTER;
    } catch (IOException e) {
      return Kind.NO_LETTER;
    }
  }

  private boolean place(byte[] record, int offset, int length) {
    if (record != bytes) {
      bytes = record;
      buffer = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    }
    start = offset + length - LetterRecord.FIXED;
    idLength = buffer.getShort(start + LetterRecord.ID_LENGTH) & 0xFFFF;
    typeLength = record[start + LetterRecord.TYPE_LENGTH] & 0xFF;
    mapLength = record[start + LetterRecord.MAP_LENGTH] & 0xFF;
    printLength = buffer.getShort(start + LetterRecord.FINGERPRINT_LENGTH) & 0xFFFF;
    jsonAt = offset;
    idAt = start - (idLength + typeLength + mapLength + printLength);
    jsonLength = idAt - jsonAt;
    return jsonLength > 0;
  }

  public LetterRef ref() {
    return new LetterRef(segment, key());
  }

  /** Tells this letter from all others, also from those of the same event. */
  public long key() {
    long hash = 0xCBF2_9CE4_8422_2325L;
    for (int i = idAt; i < idAt + idLength; i++) {
      hash = (hash ^ bytes[i]) * 0x0000_0100_0000_01B3L;
    }
    hash = (hash ^ deadAtMs()) * 0x9E37_79B9_7F4A_7C15L;
    hash = (hash ^ hash >>> 29 ^ replayCount()) * 0xBF58_476D_1CE4_E5B9L;
    return hash ^ hash >>> 32;
  }

  public int segment() {
    return segment;
  }

  public String eventId() {
    return text(idAt, idLength);
  }

  public DeadLetter.Reason reason() {
    return DeadLetter.Reason.at(bytes[start + LetterRecord.REASON]);
  }

  /** The service's number for its answer; 0 for none. */
  public int status() {
    return buffer.getShort(start + LetterRecord.STATUS);
  }

  /** The player, or {@link GameEvent#NO_PLAYER}. */
  public long player() {
    boolean has = (bytes[start + LetterRecord.FLAGS] & LetterRecord.HAS_PLAYER) != 0;
    return has ? buffer.getInt(start + LetterRecord.PLAYER) & 0xFFFF_FFFFL : GameEvent.NO_PLAYER;
  }

  public int replayCount() {
    return buffer.getShort(start + LetterRecord.REPLAYS);
  }

  public int attempts() {
    return buffer.getInt(start + LetterRecord.ATTEMPTS);
  }

  /** When it became a dead letter, in milliseconds since the epoch. */
  public long deadAtMs() {
    return buffer.getLong(start + LetterRecord.DEAD_AT);
  }

  /** The event's type; empty if it has none. */
  public String type() {
    return text(typeAt(), typeLength);
  }

  /** The event's map; empty if it has none. */
  public String map() {
    return text(typeAt() + typeLength, mapLength);
  }

  /** The hash of the fingerprint of what condemned it. */
  public long fingerprint() {
    return buffer.getLong(start + LetterRecord.HASH);
  }

  public String fingerprintText() {
    return text(typeAt() + typeLength + mapLength, printLength);
  }

  /** What the record takes, in bytes. */
  public int sizeBytes() {
    return start + LetterRecord.FIXED - jsonAt;
  }

  public boolean hasType(byte[] ascii) {
    return is(typeAt(), typeLength, ascii);
  }

  public boolean hasMap(byte[] ascii) {
    return is(typeAt() + typeLength, mapLength, ascii);
  }

  public boolean hasEventId(byte[] utf8) {
    return is(idAt, idLength, utf8);
  }

  /** Whether {@code utf8} stands somewhere in the letter's JSON. */
  public boolean contains(byte[] utf8) {
    int last = jsonAt + jsonLength - utf8.length;
    if (utf8.length == 0) {
      return true;
    }
    for (int i = jsonAt; i <= last; i++) {
      if (bytes[i] == utf8[0] && is(i, utf8.length, utf8)) {
        return true;
      }
    }
    return false;
  }

  /** All of the letter, as one line of JSON. */
  public String json() {
    return text(jsonAt, jsonLength);
  }

  /**
   * All of the letter.
   *
   * @throws IOException if its JSON is damaged
   */
  public JsonNode tree() throws IOException {
    return MAPPER.readTree(bytes, jsonAt, jsonLength);
  }

  /**
   * A letter from its JSON, as {@link #json} writes it.
   *
   * @throws IOException if something is missing, with a sentence that names it
   */
  public static DeadLetter parse(JsonNode json) throws IOException {
    JsonNode event = json.path("event");
    String id = json.path("event_id").asText("");
    if (id.isEmpty() || !event.isObject()) {
      throw new IOException("no " + (id.isEmpty() ? "event_id" : "event") + " in it");
    }
    List<DeadLetter.Attempt> history = new ArrayList<>();
    for (JsonNode attempt : json.path("history")) {
      history.add(
          new DeadLetter.Attempt(
              attempt.path("at_ms").asLong(),
              attempt.path("events").asInt(),
              attempt.path("status").asInt(),
              attempt.path("problem").asText("")));
    }
    return new DeadLetter(
        id,
        MAPPER.writeValueAsBytes(event),
        DeadLetter.Reason.of(json.path("reason").asText("")),
        json.path("status").asInt(),
        json.path("problem").asText(""),
        json.path("answer").asText(""),
        json.path("attempts").asInt(),
        json.path("first_attempt_ms").asLong(),
        json.path("last_attempt_ms").asLong(),
        json.path("batch").asText(""),
        json.path("idempotency_key").asText(""),
        json.path("replay_count").asInt(),
        history,
        json.path("dead_at_ms").asLong());
  }

  private int typeAt() {
    return idAt + idLength;
  }

  private boolean is(int at, int length, byte[] wanted) {
    return Arrays.equals(bytes, at, at + length, wanted, 0, wanted.length);
  }

  private String text(int at, int length) {
    return new String(bytes, at, length, StandardCharsets.UTF_8);
  }
}
