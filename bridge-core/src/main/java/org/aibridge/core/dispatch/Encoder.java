package org.aibridge.core.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventForm;
import org.aibridge.core.event.EventJson;
import org.aibridge.core.event.EventLabels;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.run.Logs;
import org.aibridge.core.service.EventBatch;
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

  /** The largest player number that fits into a signed 32-bit integer, as some services use. */
  private static final long LARGEST_PLAYER = Integer.MAX_VALUE;

  private final String serverId;
  private final Supplier<BridgeConfig> config;

  /** Writes events in the contract's form, for dead letters and listeners. */
  private final EventJson json;

  /** Writes events in the form that this service takes. */
  private EventJson wire;

  /** True once a log line has said that a player's number is too large for some services. */
  private boolean toldOfPlayer;

  private ByteSink body = new ByteSink(BODY_BYTES);

  /** The number of events in the body. */
  private int events;

  /** The events in the body, for a sink that takes events one by one; null for other sinks. */
  private final List<EventBatch.Event> list;

  private int largestTaken;
  private int limit = Integer.MAX_VALUE;

  /**
   * @param singly true for a sink that sends each event by itself
   */
  Encoder(Supplier<BridgeConfig> config, boolean singly) {
    this.config = config;
    this.list = singly ? new ArrayList<>() : null;
    this.serverId = config.get().bridge().serverId();
    this.json = new EventJson(serverId);
    this.wire = json;
  }

  void begin() {
    body.truncate(0).put(HEAD);
    events = 0;
    if (list == null) {
      takeForm();
    } else {
      list.clear();
    }
  }

  /**
   * Adds the events of {@code part} to the body until it would exceed {@code maxBytes} or one is of
   * a later version; the body's first event is added in any case.
   *
   * @return the number of events added
   */
  int add(LaneQueue queue, BatchPart part, int maxBytes) {
    int count = 0;
    for (int sent = 0; sent < part.size(); sent++) {
      int i = part.at(sent);
      int before = body.length();
      if (count > 0 && !EventCodec.isKnown(queue.buffer(), queue.start(i))) {
        break;
      }
      if (events > 0) {
        body.put((byte) ',');
      }
      wire.write(queue.sequence(i), queue.buffer(), queue.start(i), body);
      if (events > 0 && body.length() + TAIL.length > maxBytes) {
        body.truncate(before);
        break;
      }
      if (list != null) {
        list.add(listed(queue, i, events == 0 ? before : before + 1));
      }
      events++;
      count++;
    }
    return count;
  }

  private EventBatch.Event listed(LaneQueue queue, int index, int from) {
    int start = queue.start(index);
    return new EventBatch.Event(
        eventId(queue, index),
        EventLabels.type(queue.buffer(), start),
        EventLabels.orderKey(queue.buffer(), start, serverId),
        EventLabels.timestampMs(queue.buffer(), start),
        from,
        body.length());
  }

  /**
   * Returns how many events of {@code part} a body of at most {@code maxBytes} has, at least one.
   */
  int fitting(LaneQueue queue, BatchPart part, int maxBytes) {
    begin();
    return add(queue, part, maxBytes);
  }

  /** Returns a short code for the form of the events; empty for the contract's form. */
  String formMark() {
    EventForm form = wire.form();
    return form.isSame(EventForm.CONTRACT)
        ? ""
        : ":"
            + (form.textPlayerIds() ? 't' : 'n')
            + (form.eventIds() ? 'i' : '-')
            + (form.namedCustomEvents() ? 'n' : 'c');
  }

  private void takeForm() {
    BridgeConfig.EventForm form = config.get().eventDispatcher().form();
    EventForm now = new EventForm(form.textPlayerIds(), form.eventIds(), form.namedCustomEvents());
    if (!now.isSame(wire.form())) {
      wire = new EventJson(serverId, now);
    }
    if (!toldOfPlayer && wire.largestPlayer() > LARGEST_PLAYER) {
      toldOfPlayer = true;
      log.warn(
          "player {} is above {}, which some services refuse; player_id_as = text would help there",
          wire.largestPlayer(),
          LARGEST_PLAYER);
    }
  }

  /** Completes the body, and returns a copy. */
  byte[] body() {
    return body.put(TAIL).copy();
  }

  /** Returns the events of the body for a sink that takes them one by one; empty for others. */
  List<EventBatch.Event> events() {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** Returns the JSON of one event alone, in the form of the contract. */
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

  /** Returns the event's id. */
  String eventId(LaneQueue queue, int index) {
    return ReplayedEvent.is(queue.buffer(), queue.start(index))
        ? ReplayedEvent.eventId(queue.buffer(), queue.start(index))
        : serverId + ":" + queue.sequence(index);
  }

  /** Returns the current limit for a body's size in bytes, at most {@code max}. */
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

  /** Frees memory that only a backlog of large events needs. */
  void shrink() {
    if (body.array().length > KEPT_BODY_BYTES) {
      body = new ByteSink(BODY_BYTES);
    }
  }

  String serverId() {
    return serverId;
  }
}
