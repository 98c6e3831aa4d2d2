package org.aibridge.core.service;

import java.util.List;

/**
 * Events that are sent together and answered together. Never changes; any thread may read it.
 *
 * @param key the idempotency key: the same for each attempt at the same events, and never the same
 *     for other events
 * @param size the number of events
 * @param urgent whether one of the events is urgent
 * @param body the contract's JSON object with all the events, in UTF-8
 * @param events the events, for a sink that {@link EventSink#takesSingly}; else empty
 */
public record EventBatch(String key, int size, boolean urgent, byte[] body, List<Event> events) {
  /** Creates a batch that is sent as a whole. */
  public EventBatch(String key, int size, boolean urgent, byte[] body) {
    this(key, size, urgent, body, List.of());
  }

  /**
   * One event of a batch.
   *
   * @param type the event's type, or the name of a custom one
   * @param orderKey what the event keeps its order with: the player's id or key, else the map, else
   *     the server
   * @param timestampMs when it happened, in milliseconds since the epoch
   * @param from where its JSON begins in the batch's body
   * @param to where its JSON ends, exclusive
   */
  public record Event(
      String id, String type, String orderKey, long timestampMs, int from, int to) {}
}
