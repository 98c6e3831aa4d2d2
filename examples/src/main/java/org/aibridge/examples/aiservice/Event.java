package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What happened in the game, as the service was told.
 *
 * @param id empty when the sender gives none
 * @param playerId 0 when the event has no player
 * @param map empty when unknown
 * @param timestampMs epoch milliseconds, 0 when unknown
 */
record Event(
    String id, String type, long playerId, String map, long timestampMs, JsonNode payload) {
  static Event of(JsonNode event) {
    return new Event(
        event.path("event_id").asText(""),
        event.path("event_type").asText(),
        event.path("player_id").asLong(0),
        event.path("map").asText(""),
        event.path("timestamp").asLong(0),
        event.path("payload"));
  }
}
