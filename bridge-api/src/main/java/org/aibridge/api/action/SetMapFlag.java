package org.aibridge.api.action;

/**
 * Set or clear a map flag.
 *
 * @param value what to set it to; 0 clears, and the service's {@code true} arrives as 1
 */
public record SetMapFlag(ActionHeader header, String map, String flag, int value)
    implements Action {}
