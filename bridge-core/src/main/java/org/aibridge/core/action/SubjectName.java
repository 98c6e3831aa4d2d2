package org.aibridge.core.action;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.text.Shown;

/**
 * A player, an NPC or a map under the name that limits count by: what a game may take for the same
 * has the same.
 *
 * @param name a number behind {@code ID}, or a name as {@link #named} writes it, without capitals
 */
record SubjectName(ActionType.Subject subject, String name) {
  /** The longest name that counts, in characters; what is longer counts as its beginning. */
  private static final int MAX_NAME = 64;

  /** Much more than any name has before it is normalised, so that no work is without end. */
  private static final int MAX_GIVEN = 256;

  /** A step may make work for one before it; after two of them nothing known is left to do. */
  private static final int MAX_STEPS = 8;

  private static final String MAP_FILE = ".gat";

  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");
  private static final Pattern NUMBER = Pattern.compile("[+]?0*([0-9]{1,18})");

  static SubjectName numbered(ActionType.Subject subject, long number) {
    return new SubjectName(subject, "ID" + number);
  }

  /**
   * The number of 32 bits that a handler may read in {@code text}, in whatever digits; 0 if it is
   * none.
   */
  static long number(String text) {
    StringBuilder ascii = new StringBuilder();
    folded(Shown.cut(text.strip(), MAX_GIVEN))
        .codePoints()
        .map(point -> Character.isDigit(point) ? '0' + Character.digit(point, 10) : point)
        .forEach(ascii::appendCodePoint);
    Matcher number = NUMBER.matcher(ascii);
    return number.matches() ? Long.parseLong(number.group(1)) & Fields.UINT32 : 0;
  }

  /**
   * {@code name} in normal form (NFKC) and one case, without blanks around it, what nobody sees,
   * and the ending that a map's file has. A map's number is a name like any other.
   */
  static SubjectName named(ActionType.Subject subject, String name) {
    String plain = Shown.cut(name.strip(), MAX_GIVEN);
    String before = null;
    for (int i = 0; i < MAX_STEPS && !plain.equals(before); i++) {
      before = plain;
      plain = folded(plain);
      if (subject == ActionType.Subject.MAP && plain.endsWith(MAP_FILE)) {
        plain = plain.substring(0, plain.length() - MAP_FILE.length());
      }
    }
    long number = subject == ActionType.Subject.MAP ? number(plain) : 0;
    if (number != 0) {
      plain = Long.toString(number);
    }
    return new SubjectName(subject, Shown.cut(plain, MAX_NAME).strip());
  }

  private static String folded(String name) {
    StringBuilder seen = new StringBuilder();
    Normalizer.normalize(name, Normalizer.Form.NFKC)
        .codePoints()
        .filter(point -> !Shown.isUnseen(point))
        .forEach(seen::appendCodePoint);
    // In upper case more letters are the same than in lower case, such as both small sigmas.
    String upper = seen.toString().toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
    return BLANKS.matcher(upper.toLowerCase(Locale.ROOT)).replaceAll(" ").strip();
  }

  /** What {@link #toString} has written. */
  static SubjectName parse(String text) {
    int blank = text.indexOf(' ');
    ActionType.Subject subject =
        ActionType.Subject.valueOf(text.substring(0, blank).toUpperCase(Locale.ROOT));
    return new SubjectName(subject, text.substring(blank + 1));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubjectName that && that.subject == subject && that.name.equals(name);
  }

  /** Written out, since the JVM remembers the types of a record it has made this up for. */
  @Override
  public int hashCode() {
    return 31 * subject.hashCode() + name.hashCode();
  }

  @Override
  public String toString() {
    return subject.key() + " " + name;
  }
}
