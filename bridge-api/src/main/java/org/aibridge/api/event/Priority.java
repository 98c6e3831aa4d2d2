package org.aibridge.api.event;

import java.util.Locale;

/**
 * How much an event matters when there is not room for all.
 *
 * <p>As the intake ring fills, {@code LOW} events are refused first, then {@code NORMAL}, then
 * {@code HIGH}; its last part is kept for {@code URGENT}, which also leaves at once instead of
 * waiting for its batch to fill.
 */
public enum Priority {
  LOW,
  NORMAL,
  HIGH,
  URGENT;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name on the wire. */
  public String wireName() {
    return wireName;
  }
}
