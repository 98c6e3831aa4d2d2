package org.aibridge.core.dispatch;

import java.nio.charset.StandardCharsets;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventJson;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Encodes queued events as request bodies, of a size that the service takes. Confined to the
 * dispatcher's thread.
 *
 * <p>That size is learnt: from the largest body that the service took, and the smallest that it
 * called too large.
 */
final class Encoder {
  private static final Logger log = Logs.of(Encoder.class);
  private static final byte[] HEAD = "{\"events\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TAIL = "]}".getBytes(StandardCharsets.US_ASCII);
  private static final int BODY_BYTES = 64 << 10;
  private static final int KEPT_BODY_BYTES = 1 << 20;

  private final String serverId;
  private final EventJson json;
  private ByteSink body = new ByteSink(BODY_BYTES);

  /** The number of events in the body. */
  private int events;

  private int largestTaken;
  private int limit = Integer.MAX_VALUE;

  Encoder(String serverId) {
    this.serverId = serverId;
    this.json = new EventJson(serverId);
  }

  /** Begins a body without events. */
  void begin() {
    body.truncate(0).put(HEAD);
    events = 0;
  }

  /**
   * Adds the events of {@code part} to the body until it would exceed {@code maxBytes} or one is of
   * a later version; the body's first event is added in any case.
   *
   * @return the number of events added
   */
  int add(LaneQueue queue, BatchPart part, int maxBytes) {
    int count = 0;
    for (int i = part.from(); i < part.to(); i++) {
      int before = body.length();
      if (count > 0 && !EventCodec.isKnown(queue.buffer(), queue.start(i))) {
        break;
      }
      if (events > 0) {
        body.put((byte) ',');
      }
      json.write(queue.sequence(i), queue.buffer(), queue.start(i), body);
      if (events > 0 && body.length() + TAIL.length > maxBytes) {
        body.truncate(before);
        break;
      }
      events++;
      count++;
    }
    return count;
  }

  /**
   * Returns how many events of {@code part} a body of at most {@code maxBytes} has, at least one.
   */
  int fitting(LaneQueue queue, BatchPart part, int maxBytes) {
    begin();
    return add(queue, part, maxBytes);
  }

  /** Ends the body, and returns a copy of it. */
  byte[] body() {
    return body.put(TAIL).copy();
  }

  /** Returns the JSON of one event alone, exactly as it appears in a request body. */
  byte[] event(LaneQueue queue, int index) {
    ByteSink event = new ByteSink(512);
    int start = queue.start(index);
    if (EventCodec.isKnown(queue.buffer(), start)) {
      json.write(queue.sequence(index), queue.buffer(), start, event);
    } else {
      json.writeUnknown(queue.sequence(index), queue.buffer(), start, queue.length(index), event);
    }
    return event.copy();
  }

  /** Returns an event's id, exactly as it appears in a request body. */
  String eventId(LaneQueue queue, int index) {
    return ReplayedEvent.is(queue.buffer(), queue.start(index))
        ? ReplayedEvent.eventId(queue.buffer(), queue.start(index))
        : serverId + ":" + queue.sequence(index);
  }

  /** Returns the present limit for the size of a body, in bytes: {@code max} or less. */
  int limit(int max) {
    return Math.min(max, limit);
  }

  /** Notes that the service has taken a body of {@code bytes} bytes. */
  void taken(int bytes) {
    largestTaken = Math.max(largestTaken, bytes);
  }

  /**
   * Notes that the service has called a body of {@code bytes} bytes too large.
   *
   * @return the largest size of a body from now on, in bytes
   */
  int tooLarge(int bytes) {
    if (bytes <= largestTaken) {
      largestTaken = 0;
    }
    limit = Math.min(limit, Math.max(bytes / 2, largestTaken));
    log.info("the AI service takes no {} bytes; batches stay below {} from now on", bytes, limit);
    return limit;
  }

  /** Frees the memory that was needed for a backlog of large events. */
  void shrink() {
    if (body.array().length > KEPT_BODY_BYTES) {
      body = new ByteSink(BODY_BYTES);
    }
  }

  String serverId() {
    return serverId;
  }
}
