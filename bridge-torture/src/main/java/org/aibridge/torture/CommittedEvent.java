package org.aibridge.torture;

/**
 * One event as the service took it.
 *
 * @param id its event id
 * @param number the number in its payload, or -1
 * @param player its player, or -1
 */
public record CommittedEvent(String id, long number, long player) {}
