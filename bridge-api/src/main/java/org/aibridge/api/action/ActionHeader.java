package org.aibridge.api.action;

/**
 * What every action carries.
 *
 * @param id the service's own id, unique for ever
 * @param type the name on the wire, such as {@code spawn_monster}
 * @param priority larger is sooner
 * @param receivedAtMs when the bridge took it, in milliseconds since the epoch
 */
public record ActionHeader(String id, String type, int priority, long receivedAtMs) {}
