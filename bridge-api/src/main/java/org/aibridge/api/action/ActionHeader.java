package org.aibridge.api.action;

/**
 * The part that all actions have in common.
 *
 * @param id the service's own id, unique for ever
 * @param type the name on the wire, such as {@code spawn_monster}
 * @param priority a larger number is applied sooner
 * @param receivedAtMs when the bridge received the action, in milliseconds since the epoch
 */
public record ActionHeader(String id, String type, int priority, long receivedAtMs) {}
