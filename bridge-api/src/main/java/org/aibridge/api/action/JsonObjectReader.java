package org.aibridge.api.action;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one JSON object into unmodifiable maps and lists. For one thread; used only once. */
final class JsonObjectReader {
  private static final int MAX_DEPTH = 64;
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final String json;
  private int at;
  private int depth;

  JsonObjectReader(String json) {
    this.json = json;
  }

  Map<String, @Nullable Object> read() {
    if (next() != '{') {
      throw bad("an object");
    }
    Map<String, @Nullable Object> object = object();
    next();
    if (at < json.length()) {
      throw bad("the end");
    }
    return object;
  }

  private @Nullable Object value() {
    char first = next();
    return switch (first) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> text();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    enter();
    while (more('}', members.isEmpty())) {
      if (next() != '"') {
        throw bad("a name in quotes");
      }
      String name = text();
      if (next() != ':') {
        throw bad("a colon");
      }
      at++;
      if (members.containsKey(name)) {
        throw new IllegalArgumentException("the name " + name + " stands twice in one object");
      }
      members.put(name, value());
    }
    depth--;
    return Collections.unmodifiableMap(members);
  }

  private List<@Nullable Object> array() {
    List<@Nullable Object> elements = new ArrayList<>();
    enter();
    while (more(']', elements.isEmpty())) {
      elements.add(value());
    }
    depth--;
    return Collections.unmodifiableList(elements);
  }

  /** Moves past the bracket that opens an object or an array. */
  private void enter() {
    at++;
    if (++depth > MAX_DEPTH) {
      throw bad("at most " + MAX_DEPTH + " levels");
    }
  }

  /** Moves to the next element; returns false, and moves past {@code end}, if there is none. */
  private boolean more(char end, boolean first) {
    char c = next();
    if (c == end) {
      at++;
      return false;
    }
    if (!first) {
      if (c != ',') {
        throw bad("a comma or " + end);
      }
      at++;
    }
    return true;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (at++; at < json.length() && json.charAt(at) != '"'; at++) {
      char c = json.charAt(at);
      if (c < ' ') {
        throw bad("a text without control characters");
      }
      text.append(c == '\\' ? escaped() : c);
    }
    if (at >= json.length()) {
      throw bad("the end of a text");
    }
    at++;
    return text.toString();
  }

  private char escaped() {
    at++;
    char c = at < json.length() ? json.charAt(at) : 0;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw bad("an escape");
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      at++;
      int digit = at < json.length() ? Character.digit(json.charAt(at), 16) : -1;
      if (digit < 0 || json.charAt(at) > 'f') {
        throw bad("four hexadecimal digits");
      }
      code = code << 4 | digit;
    }
    return (char) code;
  }

  private @Nullable Object word(String word, @Nullable Boolean means) {
    if (!json.startsWith(word, at)) {
      throw bad(word);
    }
    at += word.length();
    return means;
  }

  private Number number() {
    Matcher number = NUMBER.matcher(json).region(at, json.length());
    if (!number.lookingAt()) {
      throw bad("a value");
    }
    at = number.end();
    String digits = number.group();
    if (number.group(1) != null || number.group(2) != null) {
      return Double.valueOf(digits);
    }
    BigInteger whole = new BigInteger(digits);
    if (whole.bitLength() < Integer.SIZE) {
      return whole.intValue();
    }
    return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
  }

  /** Returns the next character that is not white space, without moving past it; 0 at the end. */
  private char next() {
    while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
      at++;
    }
    return at < json.length() ? json.charAt(at) : 0;
  }

  private IllegalArgumentException bad(String expected) {
    return new IllegalArgumentException(
        "the payload is no JSON object: " + expected + " must stand at character " + at);
  }
}
