package org.aibridge.core.config;

/**
 * A value that must never be printed.
 *
 * <p>{@link #toString} returns a mask, so that a record, an exception or a log line that carries a
 * secret shows nothing. Only {@link #reveal} gives the value away; its callers write it into a
 * request's header or look for copies of it in files.
 */
public final class Secret {
  /** The value for "no secret". */
  public static final Secret NONE = new Secret("");

  private static final String MASK = "***";

  private final String value;

  /** Where the value was found, for messages; empty if that is not known. */
  private final String source;

  /** Creates a secret; the empty text means that there is none. */
  public Secret(String value) {
    this(value, "");
  }

  private Secret(String value, String source) {
    this.value = value;
    this.source = source;
  }

  /** Returns the same secret, which was found at {@code place}. */
  Secret from(String place) {
    return new Secret(value, place);
  }

  /** Returns where the value was found, such as a file and its line; empty if that is not known. */
  public String source() {
    return source;
  }

  /** True if there is a secret. */
  public boolean isPresent() {
    return !value.isEmpty();
  }

  /** Returns the secret value itself. */
  public String reveal() {
    return value;
  }

  /**
   * Returns {@code text}, written by somebody who knows the value, with a mask wherever the value
   * stands in it, as it is or as JSON escapes it.
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
