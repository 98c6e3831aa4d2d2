package org.aibridge.core.config;

import java.nio.file.Path;

/**
 * One line of a file that sets a key.
 *
 * @param label the key as messages name it
 * @param given the value as it was written, for messages
 * @param value the value to parse
 * @param scale how many of the key's own units one of the given number is
 * @param unit the unit the number was given in
 */
record Entry(
    Path file, int line, String label, String given, String value, long scale, String unit) {

  Entry withValue(String replaced) {
    return new Entry(file, line, label, given, replaced, scale, unit);
  }

  /** Where the line is; the value could be a secret. */
  @Override
  public String toString() {
    return label + " in " + Printable.place(file, line);
  }
}
