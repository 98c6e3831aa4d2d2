package org.aibridge.api.status;

import java.util.Locale;

/** Whether a caller may send requests to the AI service, or to another host. */
public enum GateState {
  /** Requests are sent. */
  CLOSED,
  /** The breaker is open after several failures: nothing is sent until it tries again. */
  OPEN,
  /** The breaker tries again and lets few requests through. */
  HALF_OPEN,
  /** The service refuses our key or redirects: nothing is sent until somebody corrects that. */
  HELD;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in the status's JSON, such as {@code half_open}. */
  public String wireName() {
    return wireName;
  }
}
