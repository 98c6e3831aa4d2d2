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
 * A letter in its stored form, read in place: the fields that listings need are read without
 * parsing.
 *
 * <p>Valid until its scan moves on. For one thread.
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
  private int keyLength;
  private int jsonAt;
  private int jsonLength;

  LetterView() {}

  /** The kinds of records in a store. */
  enum Kind {
    LETTER,
    /** A letter in a later version of the layout, which this program cannot read. */
    NEWER,
    NO_LETTER
  }

  /** Reads a record, and returns its kind. */
  Kind wrap(int ofSegment, byte[] record, int offset, int length) {
    segment = ofSegment;
    if (!LetterRecord.isRecord(record, offset, length)) {
      return wrapJson(record, offset, length);
    }
    int version = record[offset + length - 1];
    if (version != LetterRecord.VERSION && version != LetterRecord.KEYED_VERSION) {
      return version > LetterRecord.KEYED_VERSION ? Kind.NEWER : Kind.NO_LETTER;
    }
    return place(record, offset, length) ? Kind.LETTER : Kind.NO_LETTER;
  }

  /** Converts a record older than version 2 to the current version. */
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
    boolean keyed = record[offset + length - 1] == LetterRecord.KEYED_VERSION;
    keyLength = keyed ? record[start - 1] & 0xFF : 0;
    jsonAt = offset;
    idAt = start - (idLength + typeLength + mapLength + printLength);
    idAt -= keyed ? keyLength + 1 : 0;
    jsonLength = idAt - jsonAt;
    return jsonLength > 0;
  }

  public LetterRef ref() {
    return new LetterRef(segment, key());
  }

  /** Returns the letter's key: a hash that also differs between two letters of the same event. */
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
    return DeadLetter.Reason.of(bytes[start + LetterRecord.REASON]);
  }

  /** Returns the status of the service's answer; 0 if there was none. */
  public int status() {
    return buffer.getShort(start + LetterRecord.STATUS);
  }

  /** Returns the player's id; {@link GameEvent#NO_PLAYER} if there is none. */
  public long player() {
    boolean has = (bytes[start + LetterRecord.FLAGS] & LetterRecord.HAS_PLAYER) != 0;
    return has ? buffer.getInt(start + LetterRecord.PLAYER) & 0xFFFF_FFFFL : GameEvent.NO_PLAYER;
  }

  /** Returns the player's key; empty if the event has none. */
  public String playerKey() {
    return keyLength == 0 ? "" : text(start - 1 - keyLength, keyLength);
  }

  public int replayCount() {
    return buffer.getShort(start + LetterRecord.REPLAYS);
  }

  public int attempts() {
    return buffer.getInt(start + LetterRecord.ATTEMPTS);
  }

  /** Returns the time at which the event became a dead letter, in milliseconds since the epoch. */
  public long deadAtMs() {
    return buffer.getLong(start + LetterRecord.DEAD_AT);
  }

  /** Returns the event's type; empty if it has none. */
  public String type() {
    return text(typeAt(), typeLength);
  }

  /** Returns the event's map; empty if it has none. */
  public String map() {
    return text(typeAt() + typeLength, mapLength);
  }

  /** Returns the hash of the letter's fingerprint. */
  public long fingerprint() {
    return buffer.getLong(start + LetterRecord.HASH);
  }

  public String fingerprintText() {
    return text(typeAt() + typeLength + mapLength, printLength);
  }

  /** The size of the record in bytes. */
  public int sizeBytes() {
    return start + LetterRecord.FIXED - jsonAt;
  }

  public boolean hasType(byte[] ascii) {
    return is(typeAt(), typeLength, ascii);
  }

  public boolean hasMap(byte[] ascii) {
    return is(typeAt() + typeLength, mapLength, ascii);
  }

  /** True if the event's player has the key {@code utf8}. */
  public boolean hasPlayerKey(byte[] utf8) {
    return keyLength > 0 && is(start - 1 - keyLength, keyLength, utf8);
  }

  public boolean hasEventId(byte[] utf8) {
    return is(idAt, idLength, utf8);
  }

  /** True if the letter's JSON contains {@code utf8}. */
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

  /** Returns the whole letter, as one line of JSON. */
  public String json() {
    return text(jsonAt, jsonLength);
  }

  /**
   * Returns the whole letter.
   *
   * @throws IOException if its JSON is damaged
   */
  public JsonNode tree() throws IOException {
    return MAPPER.readTree(bytes, jsonAt, jsonLength);
  }

  /**
   * Reads a letter from JSON in the form of {@link #json}.
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
