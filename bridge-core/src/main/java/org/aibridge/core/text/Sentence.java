package org.aibridge.core.text;

import java.util.Locale;

/**
 * Sentences with numbers in them, the same wherever the server stands: in the locale of some hosts
 * {@code %d} writes digits that neither the AI service nor a program reads.
 */
public final class Sentence {
  private Sentence() {}

  /** {@code format} as {@link String#format} fills it, in {@link Locale#ROOT}. */
  public static String of(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
