package org.aibridge.testdouble;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code publish} asks of a custom event's payload: a JSON object that every reader
 * understands alike. Used once for each text.
 */
final class JsonRules {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_KEY_BYTES = 50_000;
  private static final int MAX_NUMBER_LENGTH = 1000;

  /** The least number in 17 digits that is above all doubles. */
  private static final BigDecimal TOO_LARGE = new BigDecimal("1.7976931348623158e308");

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\(?:[\"\\\\/bfnrt]"
              + "|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
              + "|u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2})");

  private final String json;
  private int at;
  private int depth;

  private JsonRules(String json) {
    this.json = json;
  }

  /** True if {@code text} has no half of a character. */
  static boolean isWhole(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  /** True if the whole text is one such object. */
  static boolean isObject(String json) {
    JsonRules rules = new JsonRules(json);
    return isWhole(json) && rules.next() == '{' && rules.value() && rules.isAtEnd();
  }

  private boolean value() {
    return switch (next()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> text() != null;
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  private boolean object() {
    Set<String> names = new HashSet<>();
    return elements(
        '}',
        () -> {
          String name = next() == '"' ? text() : null;
          return name != null
              && name.getBytes(StandardCharsets.UTF_8).length < MAX_KEY_BYTES
              && names.add(unescaped(name))
              && step(':')
              && value();
        });
  }

  private boolean array() {
    return elements(']', this::value);
  }

  /** Reads a member or an element; false if it is none. */
  private interface Element {
    boolean read();
  }

  private boolean elements(char end, Element element) {
    at++;
    if (++depth > MAX_DEPTH) {
      return false;
    }
    boolean more = !step(end);
    while (more) {
      if (!element.read()) {
        return false;
      }
      more = step(',');
      if (!more && !step(end)) {
        return false;
      }
    }
    depth--;
    return true;
  }

  /** Returns a text as it stands between its quotes; null if it is none. */
  private @Nullable String text() {
    int from = ++at;
    while (at < json.length() && json.charAt(at) != '"') {
      if (json.charAt(at) < ' ') {
        return null;
      }
      at = json.charAt(at) == '\\' ? afterEscape() : at + 1;
    }
    at++;
    return at <= json.length() ? json.substring(from, at - 1) : null;
  }

  /** Returns the index behind the escape; the text's end, where no quote comes, if it is none. */
  private int afterEscape() {
    Matcher escape = ESCAPE.matcher(json).region(at, json.length());
    return escape.lookingAt() ? escape.end() : json.length();
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        char escaped = text.charAt(++i);
        int simple = "bfnrt".indexOf(escaped);
        if (escaped == 'u') {
          c = (char) Integer.parseInt(text.substring(i + 1, i + 5), 16);
          i += 4;
        } else {
          c = simple < 0 ? escaped : "\b\f\n\r\t".charAt(simple);
        }
      }
      plain.append(c);
    }
    return plain.toString();
  }

  private boolean word(String word) {
    boolean found = json.startsWith(word, at);
    at += word.length();
    return found;
  }

  private boolean number() {
    Matcher number = NUMBER.matcher(json).region(at, json.length());
    if (!number.lookingAt() || number.end() - at > MAX_NUMBER_LENGTH) {
      return false;
    }
    at = number.end();
    double nearest = Math.abs(Double.parseDouble(number.group()));
    return nearest < Double.MAX_VALUE
        || nearest == Double.MAX_VALUE
            && new BigDecimal(number.group()).abs().compareTo(TOO_LARGE) < 0;
  }

  /** Steps over {@code c} if it comes next, and over the blanks before it. */
  private boolean step(char c) {
    boolean found = next() == c;
    at += found ? 1 : 0;
    return found;
  }

  private boolean isAtEnd() {
    next();
    return at == json.length();
  }

  /** Returns the next character that is no blank, without stepping over it; 0 at the end. */
  private char next() {
    while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
      at++;
    }
    return at < json.length() ? json.charAt(at) : 0;
  }
}
