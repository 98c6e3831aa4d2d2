package org.aibridge.examples.demo;

import java.util.Locale;

/** Formats numbers for people, the same in every country. */
final class Numbers {
  private static final double NANOS_A_MS = 1e6;

  private Numbers() {}

  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String ms(long nanos) {
    return String.format(Locale.ROOT, "%.2f ms", nanos / NANOS_A_MS);
  }
}
