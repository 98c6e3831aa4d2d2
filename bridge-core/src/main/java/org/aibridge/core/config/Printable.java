package org.aibridge.core.config;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/** Prepares text from a file for a message: short, in one line, and without secrets. */
final class Printable {
  private static final int MAX_LENGTH = 120;
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}(?:\\.[A-Za-z0-9_]{1,64})?");
  private static final Pattern NO_PORT =
      Pattern.compile("^((?:[A-Za-z0-9+.-]+://)?[^/:\\[\\]]*:)(?![0-9]*(?:/|$))[^/]*");
  private static final Pattern QUERY = Pattern.compile("[?#].+");
  private static final Pattern NO_TOKEN =
      Pattern.compile("[^" + ValueParser.TOKEN_CHARACTERS + "].*");

  private Printable() {}

  /** Returns {@code text} in one line, cut to a length that fits a log line. */
  static String text(String text) {
    return Shown.of(text, MAX_LENGTH);
  }

  /**
   * Returns {@code name} if it looks like the name of a key, else a placeholder. The name may have
   * invisible characters in it, which are shown as escapes.
   */
  static String name(String name) {
    String seen =
        name.codePoints()
            .filter(point -> !Shown.isUnseen(point) && !Shown.isOtherBlank(point))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return NAME.matcher(seen).matches() ? text(name) : "(a name that is no word)";
  }

  /**
   * Returns "holds" and the name of the first character of {@code text} that cannot be seen or is
   * easily taken for another; empty if there is none.
   */
  static String unseenIn(String text) {
    return text.codePoints()
        .mapToObj(Printable::unseen)
        .filter(name -> !name.isEmpty())
        .findFirst()
        .map(name -> "holds " + name)
        .orElse("");
  }

  private static String unseen(int point) {
    String name = "";
    if (Shown.isOtherBlank(point)) {
      name = point == 0xA0 || point == 0x202F ? "a no-break space" : "an unusual space";
    } else if (point == 0xFEFF) {
      name = "a byte order mark";
    } else if (Shown.isUnseen(point)) {
      name = "a character that is not seen";
    } else if (point >= 0x2018 && point <= 0x201F) {
      name = "a typographic quote";
    } else if (point >= 0x2010 && point <= 0x2015 || point == 0x2212) {
      name = "a typographic dash";
    }
    return name.isEmpty() ? "" : Sentence.of("%s (U+%04X)", name, point);
  }

  /** Returns the value given for {@code key}, without parts that could be secret. */
  static String given(ConfigKey key, String given) {
    return switch (key.type()) {
      case SECRET, SECRET_URL, VARIABLE -> "";
      case URL -> text(withoutSecrets(given));
      case TOKEN -> text(NO_TOKEN.matcher(given).replaceFirst("..."));
      default -> text(given);
    };
  }

  /** Returns a place as {@code file:line}; for line 0, only the file. */
  static String place(Path file, int line) {
    return text(file.toString()) + (line > 0 ? ":" + line : "");
  }

  /**
   * Masks user-info, query and what is no port; whatever stands before an @ may belong to a
   * password.
   */
  private static String withoutSecrets(String url) {
    int at = url.lastIndexOf('@');
    int authority = url.indexOf("//") + 2;
    String scheme = authority > 1 && authority <= at ? url.substring(0, authority) : "";
    String masked = at < 0 ? url : scheme + "...@" + url.substring(at + 1);
    String path = QUERY.matcher(masked).replaceFirst("?...");
    // Masks a password in an address that has no @.
    return NO_PORT.matcher(path).replaceFirst("$1...");
  }
}
