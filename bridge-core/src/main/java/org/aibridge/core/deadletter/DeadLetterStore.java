package org.aibridge.core.deadletter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentSync;
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
  private static final int MAX_PROBLEM = 512;

  /** Segments go whole, so there must be several below the cap. */
  private static final int SEGMENTS = 8;

  private static final long MIN_SEGMENT_BYTES = 1 << 20;
  private static final long MAX_SEGMENT_BYTES = 16 << 20;

  private final SegmentLog segments;
  private final LogThrottle throttle;
  private final SegmentSync disk;
  private final BridgeClock clock;
  private final long maxBytes;
  private final Duration retention;
  private volatile long removedForSize;
  private volatile long removedForAge;
  private volatile long unreadable;

  /** What the finished segments hold, as far as it was needed; they do not change any more. */
  private final Map<Integer, Contents> known = new HashMap<>();

  private DeadLetterStore(
      SegmentLog segments, long maxBytes, Duration retention, BridgeClock clock) {
    this.segments = segments;
    this.throttle = new LogThrottle(clock);
    this.disk = new SegmentSync(segments);
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
    long segmentBytes =
        Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, maxBytes / SEGMENTS));
    return new DeadLetterStore(
        SegmentLog.open(folder, segmentBytes, reserveBytes, clock), maxBytes, retention, clock);
  }

  /**
   * Keeps {@code letter}.
   *
   * @throws org.aibridge.core.store.StoreFullException if the disk is below its reserve; nothing
   *     was written
   */
  public void append(DeadLetter letter) {
    segments.append(encode(letter));
    throttle.run(
        letter.reason() + " " + letter.status(),
        () ->
            log.warn(
                "event {} became a dead letter ({}: {}); more of the kind are only counted for a while",
                letter.eventId(),
                letter.reason().wireName(),
                letter.problem()));
  }

  /**
   * Brings the letters kept so far to the disk. The dispatcher's thread; waits as long as the disk
   * does.
   *
   * @throws IOException if the disk did not take them
   */
  public void sync() throws IOException {
    disk.sync();
  }

  /**
   * Removes what the caps on size and age no longer allow, whole segments at a time; the newest
   * segment stays.
   */
  public void trim() {
    List<Integer> numbers = segments.segmentNumbers();
    while (numbers.size() > 1) {
      boolean tooLarge = isTooLarge(numbers);
      Contents oldest = contents(numbers.get(0));
      boolean tooOld =
          !retention.isZero() && clock.epochMs() - oldest.newestMs() > retention.toMillis();
      if (!tooLarge && !tooOld) {
        return;
      }
      segments.deleteBefore(SegmentLog.firstPositionOf(numbers.get(1)));
      List<Integer> left = segments.segmentNumbers();
      if (left.size() == numbers.size()) {
        return;
      }
      known.remove(numbers.get(0));
      count(oldest.letters(), tooLarge);
      numbers = left;
    }
  }

  /** Shows every letter, oldest first; what is not a letter is stepped over and counted. */
  public void forEach(Consumer<JsonNode> visitor) {
    try (SegmentTail tail = segments.tail()) {
      while (tail.next()) {
        JsonNode letter = parse(tail);
        if (letter.isObject()) {
          visitor.accept(letter);
        } else {
          unreadable++;
        }
      }
    }
  }

  /**
   * Records that are lost to damage, each counted once, and those that {@link #forEach} found to be
   * no letters, counted each time.
   */
  public long unreadable() {
    return segments.damagedRecords() + unreadable;
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

  /**
   * Files are longer than what is in them, much so after a start, when a new one begins. So their
   * length alone condemns nothing.
   */
  private boolean isTooLarge(List<Integer> numbers) {
    if (segments.diskBytes() <= maxBytes) {
      return false;
    }
    long bytes = 0;
    for (int number : numbers) {
      bytes += number == numbers.get(numbers.size() - 1) ? 0 : contents(number).bytes();
    }
    return bytes + newestBytes(numbers) > maxBytes;
  }

  private long newestBytes(List<Integer> numbers) {
    return read(numbers.get(numbers.size() - 1)).bytes();
  }

  private Contents contents(int segment) {
    return known.computeIfAbsent(segment, this::read);
  }

  private Contents read(int segment) {
    long letters = 0;
    long bytes = 0;
    long newestMs = 0;
    try (SegmentTail tail = segments.tail()) {
      tail.seek(SegmentLog.firstPositionOf(segment));
      while (tail.next() && SegmentLog.segmentOf(tail.position()) == segment) {
        letters++;
        bytes += tail.length();
        newestMs = Math.max(newestMs, parse(tail).path("dead_at_ms").asLong());
      }
    }
    return new Contents(letters, bytes, newestMs);
  }

  /** The record as JSON; a missing node if it is none. */
  private static JsonNode parse(SegmentTail tail) {
    try {
      return MAPPER.readTree(tail.bytes(), 0, tail.length());
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private byte[] encode(DeadLetter letter) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(letter.eventJson().length + 512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("event_id", letter.eventId());
      json.writeStringField("reason", letter.reason().wireName());
      json.writeNumberField("status", letter.status());
      json.writeStringField("problem", cut(letter.problem(), MAX_PROBLEM));
      json.writeStringField("answer", cut(letter.answer(), MAX_ANSWER));
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

  /**
   * The beginning of a text that others wrote; half a surrogate pair, which no UTF-8 can say,
   * becomes a question mark.
   */
  private static String cut(String text, int max) {
    String start = text.length() <= max ? text : text.substring(0, max);
    return new String(start.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private record Contents(long letters, long bytes, long newestMs) {}
}
