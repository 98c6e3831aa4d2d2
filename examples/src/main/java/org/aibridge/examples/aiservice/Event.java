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
    String id, String type, long playerId, String map, long timestampMs, JsonNode payload) {}
