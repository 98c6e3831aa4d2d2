package org.aibridge.api.action;

/**
 * A player by number or by name; at least one is given.
 *
 * @param id the number, or 0
 * @param name the name, or empty
 */
public record PlayerRef(long id, String name) {}
