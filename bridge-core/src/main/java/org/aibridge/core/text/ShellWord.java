package org.aibridge.core.text;

/** Quotes foreign text as one word that is safe to paste into a shell. */
public final class ShellWord {
  private ShellWord() {}

  /**
   * Returns plain {@code text} as it is, any other text in quotes. An invisible character, and a
   * blank that follows another blank, becomes an escape that bash, zsh and ksh turn back into the
   * character. So no text looks like several columns.
   */
  public static String of(String text) {
    // For zsh, a word that begins with = means the path of a command.
    if (text.matches("[A-Za-z0-9_.:/@%+,-][A-Za-z0-9_.:/@%+=,-]*")) {
      return text;
    }
    StringBuilder word = new StringBuilder();
    boolean escapes = false;
    int before = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      boolean isColumn = point == ' ' && before == ' ';
      before = point;
      if (Shown.isUnseen(point) || Shown.isOtherBlank(point) || isColumn) {
        escapes = true;
        word.append(Sentence.of("\\U%08X", point));
      } else if (point == '\'' || point == '\\') {
        escapes = true;
        word.append('\\').appendCodePoint(point);
      } else {
        word.appendCodePoint(point);
      }
    }
    return (escapes ? "$'" : "'") + word + "'";
  }
}
