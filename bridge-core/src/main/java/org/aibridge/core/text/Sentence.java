package org.aibridge.core.text;

import java.util.Locale;

/**
 * Formats sentences with numbers in the same way on every server: in the locale of some hosts
 * {@code %d} writes digits that neither the AI service nor a program reads.
 */
public final class Sentence {
  private Sentence() {}

  /** Formats like {@link String#format}, but always in {@link Locale#ROOT}. */
  public static String of(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
