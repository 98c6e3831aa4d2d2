package org.aibridge.api.event;

import org.jspecify.annotations.Nullable;

/**
 * Builds the JSON text of a custom event's payload.
 *
 * <p>For one thread; {@link #reset} makes the object ready for the next payload, so that a host can
 * keep using one object. Names and texts are escaped; a number that JSON does not know (NaN,
 * infinity) becomes {@code null}. A name that is put twice makes a payload that {@code publish}
 * refuses.
 */
public final class JsonText {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final StringBuilder text = new StringBuilder(128).append('{');

  /** Adds a text; {@code null} becomes JSON's null. */
  public JsonText put(String name, @Nullable String value) {
    name(name);
    if (value == null) {
      text.append("null");
    } else {
      quote(value);
    }
    return this;
  }

  /** Adds a whole number. */
  public JsonText put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  /** Adds a number. */
  public JsonText put(String name, double value) {
    name(name);
    if (Double.isFinite(value)) {
      text.append(value);
    } else {
      text.append("null");
    }
    return this;
  }

  /** Adds true or false. */
  public JsonText put(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  /** Removes all members that were added so far. */
  public JsonText reset() {
    text.setLength(1);
    return this;
  }

  /** Returns the JSON object. */
  @Override
  public String toString() {
    text.append('}');
    String json = text.toString();
    text.setLength(text.length() - 1);
    return json;
  }

  private void name(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(name);
    text.append(':');
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      character(value.charAt(i));
    }
    text.append('"');
  }

  private void character(char c) {
    if (c == '"' || c == '\\') {
      text.append('\\').append(c);
    } else if (c < 0x20) {
      text.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
    } else {
      text.append(c);
    }
  }
}
