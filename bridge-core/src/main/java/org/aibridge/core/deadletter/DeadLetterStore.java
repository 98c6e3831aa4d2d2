package org.aibridge.core.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentTail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that could not be delivered, each as one self-describing JSON record, until an operator
 * deals with them.
 *
 * <p>{@link #append} and {@link #trim} belong to the dispatcher's thread. What goes because of the
 * caps on size and age is counted.
 */
public final class DeadLetterStore implements AutoCloseable {
  /** How much of the service's answer is kept, in characters. */
  public static final int MAX_ANSWER = 2048;

  private static final Logger log = LoggerFactory.getLogger(DeadLetterStore.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long SEGMENT_BYTES = 16 << 20;

  private final SegmentLog segments;
  private final BridgeClock clock;
  private final long maxBytes;
  private final Duration retention;
  private volatile long removedForSize;
  private volatile long removedForAge;

  private DeadLetterStore(
      SegmentLog segments, long maxBytes, Duration retention, BridgeClock clock) {
    this.segments = segments;
    this.maxBytes = maxBytes;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * Opens the store in {@code folder}.
   *
   * @param reserveBytes how much free space appending leaves alone
   * @param retention after how long letters go; zero keeps them
   * @throws IOException if the folder cannot be used, with a sentence that says why
   */
  public static DeadLetterStore open(
      Path folder, long maxBytes, long reserveBytes, Duration retention, BridgeClock clock)
      throws IOException {
    return new DeadLetterStore(
        SegmentLog.open(folder, SEGMENT_BYTES, reserveBytes, clock), maxBytes, retention, clock);
  }

  /**
   * Keeps {@code letter}.
   *
   * @throws org.aibridge.core.store.StoreFullException if the disk is below its reserve; nothing
   *     was written
   */
  public void append(DeadLetter letter) {
    segments.append(encode(letter));
  }

  /** Removes what the caps on size and age no longer allow, whole segments at a time. */
  public void trim() {
    List<Integer> numbers = segments.segmentNumbers();
    while (numbers.size() > 1) {
      boolean tooLarge = segments.diskBytes() > maxBytes;
      Contents oldest = contents(numbers.get(0), numbers.get(1));
      boolean tooOld =
          !retention.isZero() && clock.epochMs() - oldest.newestMs() > retention.toMillis();
      if (!tooLarge && !tooOld) {
        return;
      }
      segments.deleteBefore(SegmentLog.firstPositionOf(numbers.get(1)));
      count(oldest.letters(), tooLarge);
      numbers = segments.segmentNumbers();
    }
  }

  /** Shows every letter, oldest first. */
  public void forEach(Consumer<JsonNode> visitor) {
    try (SegmentTail tail = segments.tail()) {
      while (tail.next()) {
        visitor.accept(parse(tail));
      }
    }
  }

  /** Letters that went because the store was larger than its cap, since it was opened. */
  public long removedForSize() {
    return removedForSize;
  }

  /** Letters that went because they were older than the retention, since the store was opened. */
  public long removedForAge() {
    return removedForAge;
  }

  public Path folder() {
    return segments.folder();
  }

  @Override
  public void close() {
    segments.close();
  }

  private void count(long letters, boolean forSize) {
    if (forSize) {
      removedForSize += letters;
    } else {
      removedForAge += letters;
    }
    if (letters > 0) {
      log.warn(
          "{} dead letters were removed from {}: {}",
          letters,
          segments.folder(),
          forSize ? "dlq_max_mb is reached" : "older than dlq_retention_days");
    }
  }

  private Contents contents(int segment, int next) {
    long letters = 0;
    long newestMs = 0;
    try (SegmentTail tail = segments.tail()) {
      tail.seek(SegmentLog.firstPositionOf(segment));
      while (tail.next() && SegmentLog.segmentOf(tail.position()) < next) {
        letters++;
        newestMs = Math.max(newestMs, parse(tail).path("dead_at_ms").asLong());
      }
    }
    return new Contents(letters, newestMs);
  }

  private static JsonNode parse(SegmentTail tail) {
    try {
      return MAPPER.readTree(tail.bytes(), 0, tail.length());
    } catch (IOException e) {
      throw new UncheckedIOException("a dead letter with a good sum is not JSON", e);
    }
  }

  private byte[] encode(DeadLetter letter) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(letter.eventJson().length + 512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("event_id", letter.eventId());
      json.writeStringField("reason", letter.reason().wireName());
      json.writeNumberField("status", letter.status());
      json.writeStringField("problem", letter.problem());
      json.writeStringField("answer", cut(letter.answer()));
      json.writeNumberField("attempts", letter.attempts());
      json.writeNumberField("first_attempt_ms", letter.firstAttemptMs());
      json.writeNumberField("last_attempt_ms", letter.lastAttemptMs());
      json.writeNumberField("dead_at_ms", clock.epochMs());
      json.writeStringField("batch", letter.batch());
      json.writeStringField("idempotency_key", letter.idempotencyKey());
      json.writeNumberField("replay_count", letter.replayCount());
      json.writeFieldName("event");
      json.writeRawValue(new String(letter.eventJson(), StandardCharsets.UTF_8));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static String cut(String answer) {
    if (answer.length() <= MAX_ANSWER) {
      return answer;
    }
    boolean splitsPair = Character.isHighSurrogate(answer.charAt(MAX_ANSWER - 1));
    return answer.substring(0, splitsPair ? MAX_ANSWER - 1 : MAX_ANSWER);
  }

  private record Contents(long letters, long newestMs) {}
}
