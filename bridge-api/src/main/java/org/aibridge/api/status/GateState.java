package org.aibridge.api.status;

import java.util.Locale;

/** Whether a caller may send requests to the AI service, or to another host. */
public enum GateState {
  /** Requests go out. */
  CLOSED,
  /** The breaker is open after failures in a row: nothing goes out until it tries again. */
  OPEN,
  /** The breaker tries again, with few requests. */
  HALF_OPEN,
  /** The service refuses our credentials or redirects: nothing goes out until that is mended. */
  HELD;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in the status's JSON, such as {@code half_open}. */
  public String wireName() {
    return wireName;
  }
}
