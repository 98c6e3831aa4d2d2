package org.aibridge.core.config;

import java.nio.file.Path;

/**
 * One line of a file, or one call of the host's code, that sets a key.
 *
 * @param label the key as messages name it
 * @param given the value as it was written, for messages
 * @param value the value to parse
 * @param scale the number of the key's own units in one {@code unit}
 * @param unit the unit in which the number was given
 */
record Entry(
    Path file, int line, String label, String given, String value, long scale, String unit) {

  Entry withValue(String replaced) {
    return new Entry(file, line, label, given, replaced, scale, unit);
  }

  /** Returns the key and the place of its line; not the value, which may be a secret. */
  @Override
  public String toString() {
    return label + " in " + Printable.place(file, line);
  }
}
