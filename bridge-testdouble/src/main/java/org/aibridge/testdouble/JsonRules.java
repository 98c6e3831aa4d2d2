package org.aibridge.testdouble;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.aibridge.api.action.CustomPayload;
import org.jspecify.annotations.Nullable;

/**
 * What {@code publish} asks of a custom event's payload: a JSON object that every reader
 * understands alike.
 */
final class JsonRules {
  private static final int MAX_KEY_BYTES = 50_000;
  private static final int MAX_NUMBER_LENGTH = 1000;

  /** The smallest number with 17 digits that is larger than every double. */
  private static final BigDecimal TOO_LARGE = new BigDecimal("1.7976931348623158e308");

  private JsonRules() {}

  /** True if {@code text} has no unpaired surrogate. */
  static boolean isWhole(String text) {
    return text.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF);
  }

  /** True if the whole text is one JSON object that {@code publish} accepts. */
  static boolean isObject(String json) {
    try {
      return isWhole(json) && isWholeValue(CustomPayload.of(json).values()) && isUsual(json);
    } catch (IllegalArgumentException e) {
      return false; // The text is not JSON, nests too deep, or has a name twice.
    }
  }

  private static boolean isWholeValue(@Nullable Object value) {
    if (value instanceof Map<?, ?> members) {
      return members.keySet().stream().allMatch(JsonRules::isWholeValue)
          && members.values().stream().allMatch(JsonRules::isWholeValue);
    }
    if (value instanceof List<?> elements) {
      return elements.stream().allMatch(JsonRules::isWholeValue);
    }
    return !(value instanceof String text) || isWhole(text);
  }

  /** True if common readers accept all names and numbers in {@code json}, which must be valid. */
  private static boolean isUsual(String json) {
    int at = 0;
    while (at < json.length()) {
      int from = at;
      char c = json.charAt(at);
      if (c == '"') {
        at = afterText(json, at);
        if (isName(json, at) && bytes(json.substring(from + 1, at - 1)) >= MAX_KEY_BYTES) {
          return false;
        }
      } else if (isOfNumber(c) && c != 'e' && c != 'E') {
        while (at < json.length() && isOfNumber(json.charAt(at))) {
          at++;
        }
        if (at - from > MAX_NUMBER_LENGTH || isTooLarge(json.substring(from, at))) {
          return false;
        }
      } else {
        at++;
      }
    }
    return true;
  }

  private static int afterText(String json, int quote) {
    int at = quote + 1;
    while (json.charAt(at) != '"') {
      at += json.charAt(at) == '\\' ? 2 : 1;
    }
    return at + 1;
  }

  private static boolean isName(String json, int after) {
    int at = after;
    while (at < json.length() && json.charAt(at) <= ' ') {
      at++;
    }
    return at < json.length() && json.charAt(at) == ':';
  }

  private static boolean isOfNumber(char c) {
    return "+-.0123456789eE".indexOf(c) >= 0;
  }

  private static boolean isTooLarge(String number) {
    double nearest = Math.abs(Double.parseDouble(number));
    return nearest > Double.MAX_VALUE
        || nearest == Double.MAX_VALUE && new BigDecimal(number).abs().compareTo(TOO_LARGE) >= 0;
  }

  /** Returns the length of {@code text} in UTF-8. */
  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
