package org.aibridge.api.event;

import java.util.Locale;

/**
 * The importance of an event when there is not room for all events.
 *
 * <p>As the intake ring fills, {@code LOW} events are refused first, then {@code NORMAL}, then
 * {@code HIGH}; its last part is kept for {@code URGENT} events, which also leave at once instead
 * of waiting for their batch to fill.
 */
public enum Priority {
  LOW,
  NORMAL,
  HIGH,
  URGENT;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in requests. */
  public String wireName() {
    return wireName;
  }
}
