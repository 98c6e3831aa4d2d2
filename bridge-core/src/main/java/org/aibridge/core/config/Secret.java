package org.aibridge.core.config;

/**
 * A value that must never be printed.
 *
 * <p>{@link #toString} answers a mask, so that a record, an exception or a log line that carries a
 * secret shows nothing. Only {@link #reveal} gives the value away; its one caller is the code that
 * writes the request header.
 */
public final class Secret {
  /** No secret at all. */
  public static final Secret NONE = new Secret("");

  private static final String MASK = "***";

  private final String value;

  /** Keeps {@code value}; the empty text means there is none. */
  public Secret(String value) {
    this.value = value;
  }

  /** Whether there is a value. */
  public boolean isPresent() {
    return !value.isEmpty();
  }

  /** The value itself. */
  public String reveal() {
    return value;
  }

  /**
   * {@code text} of somebody who was given the value, with a mask where it repeats it: as it is, or
   * as JSON escapes it.
   */
  public String hideIn(String text) {
    if (!isPresent()) {
      return text;
    }
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"");
    return text.replace(escaped.replace("/", "\\/"), MASK)
        .replace(escaped, MASK)
        .replace(value, MASK);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return isPresent() ? MASK : "";
  }
}
