package org.aibridge.core.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.aibridge.api.event.GameEvent;

/**
 * A dead letter's record in the store: the whole letter as JSON, then the fields that listings
 * need.
 *
 * <pre>
 *   JSON, id, type, map, fingerprint; in version 3 the player's key and its length (1); and 40
 *   bytes that end the record:
 *   0  reason                1  its code
 *   1  flags                 1  bit 0: there is a player
 *   2  status                2
 *   4  player                4  unsigned
 *   8  replays               2
 *  10  id                    2  length in bytes
 *  12  type                  1  length in bytes
 *  13  map                   1  length in bytes
 *  14  fingerprint           2  length in bytes
 *  16  attempts              4
 *  20  dead at               8  milliseconds since the epoch
 *  28  fingerprint's hash    8
 *  36  'D' 'L' 'R', version  4
 * </pre>
 *
 * <p>Numbers are little-endian. Only a letter with a key has version 3. Before version 2 a record
 * was the JSON alone. The JSON still comes first, so a reader of such records can read these too.
 */
final class LetterRecord {
  static final int VERSION = 2;

  /** The first version whose records contain a player's key. */
  static final int KEYED_VERSION = 3;

  static final int REASON = 0;
  static final int FLAGS = 1;
  static final int STATUS = 2;
  static final int PLAYER = 4;
  static final int REPLAYS = 8;
  static final int ID_LENGTH = 10;
  static final int TYPE_LENGTH = 12;
  static final int MAP_LENGTH = 13;
  static final int FINGERPRINT_LENGTH = 14;
  static final int ATTEMPTS = 16;
  static final int DEAD_AT = 20;
  static final int HASH = 28;
  static final int TAG = 36;
  static final int FIXED = 40;
  static final int HAS_PLAYER = 1;

  private static final JsonFactory JSON = new JsonFactory();
  private static final int MAX_PROBLEM = 512;
  private static final int MAX_SHORT_TEXT = 255;
  private static final int MAX_ID = 1000;

  private LetterRecord() {}

  /** True if the bytes end like a record of this layout, in any of its versions. */
  static boolean isRecord(byte[] bytes, int offset, int length) {
    int tag = offset + length - FIXED + TAG;
    return length > FIXED && bytes[tag] == 'D' && bytes[tag + 1] == 'L' && bytes[tag + 2] == 'R';
  }

  static byte[] encode(DeadLetter letter, long nowMs) {
    long deadAtMs = letter.deadAtMs() > 0 ? letter.deadAtMs() : nowMs;
    LetterHead head = head(letter);
    String problem = cut(letter.problem(), MAX_PROBLEM);
    String answer = cut(letter.answer(), DeadLetterStore.MAX_ANSWER);
    String print = fingerprint(letter);
    byte[] id = utf8(letter.eventId(), MAX_ID);
    byte[] type = utf8(head.type, MAX_SHORT_TEXT);
    byte[] map = utf8(head.map, MAX_SHORT_TEXT);
    byte[] fingerprint = utf8(print, MAX_ID);
    byte[] key = utf8(head.playerKey, MAX_SHORT_TEXT);
    byte[] json = json(letter, problem, answer, deadAtMs);
    int texts = id.length + type.length + map.length + fingerprint.length;
    texts += key.length > 0 ? key.length + 1 : 0;
    ByteBuffer out =
        ByteBuffer.allocate(json.length + texts + FIXED).order(ByteOrder.LITTLE_ENDIAN);
    out.put(json).put(id).put(type).put(map).put(fingerprint);
    if (key.length > 0) {
      out.put(key).put((byte) key.length);
    }
    out.put((byte) letter.reason().code());
    out.put((byte) (head.player == GameEvent.NO_PLAYER ? 0 : HAS_PLAYER));
    out.putShort((short) letter.status());
    out.putInt((int) Math.max(0, head.player));
    out.putShort((short) Math.min(letter.replayCount(), Short.MAX_VALUE));
    out.putShort((short) id.length);
    out.put((byte) type.length).put((byte) map.length);
    out.putShort((short) fingerprint.length);
    out.putInt(letter.attempts());
    out.putLong(deadAtMs);
    out.putLong(LetterFingerprint.hash(print));
    out.put((byte) 'D').put((byte) 'L').put((byte) 'R');
    out.put((byte) (key.length > 0 ? KEYED_VERSION : VERSION));
    return out.array();
  }

  /** Returns the fingerprint that the record of {@code letter} has, in readable form. */
  static String fingerprint(DeadLetter letter) {
    return LetterFingerprint.text(
        letter.reason(),
        letter.status(),
        cut(letter.problem(), MAX_PROBLEM),
        cut(letter.answer(), DeadLetterStore.MAX_ANSWER));
  }

  private static LetterHead head(DeadLetter letter) {
    try {
      return LetterHead.of(letter.eventJson());
    } catch (IOException e) {
      return new LetterHead();
    }
  }

  private static byte[] json(DeadLetter letter, String problem, String answer, long deadAtMs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(letter.eventJson().length + 512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("event_id", letter.eventId());
      json.writeStringField("reason", letter.reason().wireName());
      json.writeNumberField("status", letter.status());
      json.writeStringField("problem", problem);
      json.writeStringField("answer", answer);
      json.writeNumberField("attempts", letter.attempts());
      json.writeNumberField("first_attempt_ms", letter.firstAttemptMs());
      json.writeNumberField("last_attempt_ms", letter.lastAttemptMs());
      json.writeNumberField("dead_at_ms", deadAtMs);
      json.writeStringField("batch", letter.batch());
      json.writeStringField("idempotency_key", letter.idempotencyKey());
      json.writeNumberField("replay_count", letter.replayCount());
      json.writeArrayFieldStart("history");
      for (DeadLetter.Attempt attempt : letter.history()) {
        json.writeStartObject();
        json.writeNumberField("at_ms", attempt.atMs());
        json.writeNumberField("events", attempt.events());
        json.writeNumberField("status", attempt.status());
        json.writeStringField("problem", cut(attempt.problem(), MAX_SHORT_TEXT));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeFieldName("event");
      json.writeRawValue(new String(letter.eventJson(), StandardCharsets.UTF_8));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * Returns the beginning of a text that others wrote; half a surrogate pair, which UTF-8 cannot
   * express, becomes a question mark.
   */
  private static String cut(String text, int max) {
    String start = text.length() <= max ? text : text.substring(0, max);
    return new String(start.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** Returns the first {@code max} bytes of the text, without half a character at the end. */
  private static byte[] utf8(String text, int max) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int end = Math.min(bytes.length, max);
    while (end < bytes.length && end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return end == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, end);
  }
}
