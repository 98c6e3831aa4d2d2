package org.aibridge.core.action;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.text.FoldedName;
import org.aibridge.core.text.Shown;

/**
 * A player, an NPC or a map, with the name by which limits count; names that a game may treat as
 * the same become equal.
 *
 * @param name {@code ID} and a number, {@code KEY} and a key in lower case (a UUID in its usual
 *     form), or a name in the lower-case form of {@link #named}
 */
record SubjectName(ActionType.Subject subject, String name) {
  /** The maximum length of a name in characters; only the beginning of a longer one counts. */
  private static final int MAX_NAME = 64;

  /** The length in characters to which a name is cut at first; real names are shorter. */
  private static final int MAX_GIVEN = 256;

  /** The maximum number of rounds of normalising. Two rounds suffice for all known names. */
  private static final int MAX_STEPS = 8;

  private static final String MAP_FILE = ".gat";

  private static final Pattern NUMBER = Pattern.compile("[+]?0*([0-9]{1,18})");

  /** A UUID without dashes. */
  private static final Pattern HEX_UUID =
      Pattern.compile("([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})");

  /** Matches the texts that {@link UUID#fromString} accepts, with groups of any length. */
  private static final Pattern LOOSE_UUID = Pattern.compile("[+0-9a-f]+(-[+0-9a-f]+){4}");

  static SubjectName numbered(ActionType.Subject subject, long number) {
    return new SubjectName(subject, "ID" + number);
  }

  /** Returns the name of the player whose key is {@code key}. */
  static SubjectName keyed(String key) {
    String plain = Shown.cut(FoldedName.of(Shown.cut(key, MAX_GIVEN)), MAX_NAME);
    return new SubjectName(ActionType.Subject.PLAYER, "KEY" + uuid(plain));
  }

  /**
   * Returns the usual form of a UUID, of which a handler may read several; else the text itself.
   */
  private static String uuid(String text) {
    Matcher whole = HEX_UUID.matcher(text);
    String dashed = whole.matches() ? whole.replaceFirst("$1-$2-$3-$4-$5") : text;
    if (!LOOSE_UUID.matcher(dashed).matches()) {
      return text;
    }
    try {
      return UUID.fromString(dashed).toString();
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /**
   * Returns the 32-bit number that a handler may read in {@code text}, in digits of any script; 0
   * if it is not a number.
   */
  static long number(String text) {
    StringBuilder ascii = new StringBuilder();
    FoldedName.of(Shown.cut(text.strip(), MAX_GIVEN))
        .codePoints()
        .map(point -> Character.isDigit(point) ? '0' + Character.digit(point, 10) : point)
        .forEach(ascii::appendCodePoint);
    Matcher number = NUMBER.matcher(ascii);
    return number.matches() ? Long.parseLong(number.group(1)) & ActionFields.UINT32 : 0;
  }

  /**
   * Returns the subject called {@code name}, normalised (NFKC) and lower-case, without surrounding
   * blanks, invisible characters and the ending of a map file. If the name of a player or NPC is a
   * number, the result is its plain digits; a map's number is a name like any other.
   */
  static SubjectName named(ActionType.Subject subject, String name) {
    String plain = Shown.cut(name.strip(), MAX_GIVEN);
    String before = null;
    for (int i = 0; i < MAX_STEPS && !plain.equals(before); i++) {
      before = plain;
      plain = FoldedName.of(plain);
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

  /** Reads a text written by {@link #toString}; empty for an unknown kind of subject. */
  static Optional<SubjectName> parse(String text) {
    int blank = text.indexOf(' ');
    return Stream.of(ActionType.Subject.values())
        .filter(subject -> blank > 0 && subject.key().equals(text.substring(0, blank)))
        .findFirst()
        .map(subject -> new SubjectName(subject, text.substring(blank + 1)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubjectName that && that.subject == subject && that.name.equals(name);
  }

  /** Written by hand, so that class loaders can be unloaded; see {@code ConfigKey.hashCode}. */
  @Override
  public int hashCode() {
    return 31 * subject.hashCode() + name.hashCode();
  }

  @Override
  public String toString() {
    return subject.key() + " " + name;
  }
}
