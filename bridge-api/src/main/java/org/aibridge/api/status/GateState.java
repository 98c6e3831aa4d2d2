package org.aibridge.api.status;

import java.util.Locale;

/** Says whether requests are sent to the AI service or to another host. */
public enum GateState {
  /** Requests are sent. */
  CLOSED,
  /** Several requests have failed: nothing is sent until the breaker tries again. */
  OPEN,
  /** The breaker tries again, and lets only a few requests through. */
  HALF_OPEN,
  /** The service rejects our API key, or redirects us: nothing is sent until somebody fixes it. */
  HELD;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in the status's JSON, such as {@code half_open}. */
  public String wireName() {
    return wireName;
  }
}
