package org.aibridge.core.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Folds names for comparison: names that a game may treat as the same become equal. */
public final class FoldedName {
  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");

  private FoldedName() {}

  /**
   * Returns {@code name} normalised (NFKC), in lower case, with plain blanks, none of them at an
   * end, and without invisible characters.
   */
  public static String of(String name) {
    StringBuilder seen = new StringBuilder();
    Normalizer.normalize(name, Normalizer.Form.NFKC)
        .codePoints()
        .filter(point -> !Shown.isUnseen(point))
        .forEach(seen::appendCodePoint);
    // Converts to upper case in between: it unites more letters, such as both small sigmas.
    String upper = seen.toString().toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
    return BLANKS.matcher(upper.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
  }
}
