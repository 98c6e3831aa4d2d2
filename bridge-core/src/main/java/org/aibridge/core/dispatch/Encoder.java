package org.aibridge.core.dispatch;

import java.nio.charset.StandardCharsets;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventJson;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Makes bodies of queued events, within what the service takes. For the dispatcher's thread.
 *
 * <p>What the service takes is learnt: the largest body it took, and the smallest it called too
 * large.
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
  private int largestTaken;
  private int limit = Integer.MAX_VALUE;

  Encoder(String serverId) {
    this.serverId = serverId;
    this.json = new EventJson(serverId);
  }

  /**
   * Encodes the events of {@code part} until the body would exceed {@code maxBytes}; at least one.
   *
   * @return how many there are in the body
   */
  int encode(LaneQueue queue, Part part, int maxBytes) {
    body.truncate(0).put(HEAD);
    int count = 0;
    for (int i = part.from(); i < part.to(); i++) {
      int before = body.length();
      if (count > 0) {
        body.put((byte) ',');
      }
      json.write(queue.sequence(i), queue.buffer(), queue.start(i), body);
      if (count > 0 && body.length() + TAIL.length > maxBytes) {
        body.truncate(before);
        break;
      }
      count++;
    }
    body.put(TAIL);
    return count;
  }

  /** What was encoded last. */
  byte[] body() {
    return body.copy();
  }

  /** One event alone, as it stands in a body. */
  byte[] event(LaneQueue queue, int index) {
    ByteSink event = new ByteSink(512);
    json.write(queue.sequence(index), queue.buffer(), queue.start(index), event);
    return event.copy();
  }

  /** An event's id, as it stands in a body. */
  String eventId(LaneQueue queue, int index) {
    return ReplayedEvent.is(queue.buffer(), queue.start(index))
        ? ReplayedEvent.eventId(queue.buffer(), queue.start(index))
        : serverId + ":" + queue.sequence(index);
  }

  /** The largest body to be made now, in bytes, where {@code max} are allowed. */
  int limit(int max) {
    return Math.min(max, limit);
  }

  /** The service has taken a body of so many bytes. */
  void taken(int bytes) {
    largestTaken = Math.max(largestTaken, bytes);
  }

  /**
   * The service has called a body of so many bytes too large.
   *
   * @return what to stay below from now on
   */
  int tooLarge(int bytes) {
    if (bytes <= largestTaken) {
      largestTaken = 0;
    }
    limit = Math.min(limit, Math.max(bytes / 2, largestTaken));
    log.info("the AI service takes no {} bytes; batches stay below {} from now on", bytes, limit);
    return limit;
  }

  /** Gives back the memory that a backlog of large events has needed. */
  void shrink() {
    if (body.array().length > KEPT_BODY_BYTES) {
      body = new ByteSink(BODY_BYTES);
    }
  }

  String serverId() {
    return serverId;
  }
}
