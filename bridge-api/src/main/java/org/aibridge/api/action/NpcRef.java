package org.aibridge.api.action;

/**
 * An NPC by name or by number; at least one is given.
 *
 * @param name the name, or empty
 * @param id the number, or 0
 */
public record NpcRef(String name, long id) {}
