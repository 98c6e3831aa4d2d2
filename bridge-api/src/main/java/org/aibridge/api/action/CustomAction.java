package org.aibridge.api.action;

import java.util.Map;

/**
 * An action of a kind the contract does not list.
 *
 * @param payload JSON as maps, lists, strings, numbers, booleans and nulls; unmodifiable
 * @param payloadJson the payload as JSON text
 * @param targetPlayerId the player named beside the payload, or 0
 * @param targetMap the map named beside the payload, or empty
 */
public record CustomAction(
    ActionHeader header,
    Map<String, Object> payload,
    String payloadJson,
    long targetPlayerId,
    String targetMap)
    implements Action {}
