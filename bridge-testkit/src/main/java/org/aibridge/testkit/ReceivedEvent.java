package org.aibridge.testkit;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One event of a dispatch request, with the fate of the request.
 *
 * @param json the event as it was sent
 * @param idempotencyKey the request's {@code Idempotency-Key}, empty when it had none
 * @param status the status that was given, 0 when there is none
 * @param acknowledged whether the service took this event: the request was acknowledged and the
 *     answer did not name the event as rejected
 */
public record ReceivedEvent(
    JsonNode json, String idempotencyKey, int status, boolean acknowledged) {
  /** The event's {@code event_id}; empty if it has none. */
  public String eventId() {
    return json.path("event_id").asText();
  }
}
