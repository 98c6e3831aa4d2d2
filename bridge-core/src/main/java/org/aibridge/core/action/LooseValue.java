package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.LongNode;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** Reads values as language models write them. No state; any thread. */
final class LooseValue {
  /** Below this limit, a double represents each whole number exactly. */
  private static final double EXACT = 1L << 53;

  private static final Pattern DIGITS = Pattern.compile("-?[0-9]{1,19}");

  /** Matches a run of tabs, line breaks and similar control characters. */
  private static final Pattern BREAKS = Pattern.compile("[\\t-\\r\\x85]+");

  private LooseValue() {}

  /** True if {@code value} is missing, null or a blank text. */
  static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull() || value.isTextual() && value.asText().isBlank();
  }

  /**
   * Returns the whole number that {@code value} means: itself, {@code 5} for {@code 5.0}, {@code
   * 0.5e1} and {@code "5"}; another value as it is.
   */
  static JsonNode number(JsonNode value) {
    if (value.isFloatingPointNumber()) {
      double given = value.doubleValue();
      return given == Math.rint(given) && Math.abs(given) < EXACT
          ? LongNode.valueOf((long) given)
          : value;
    }
    String digits = value.isTextual() ? value.textValue().strip() : "";
    return DIGITS.matcher(digits).matches()
        ? BigIntegerNode.valueOf(new BigInteger(digits))
        : value;
  }

  /** True if {@code value} is the whole number {@code number}, as a number or as text. */
  static boolean is(JsonNode value, long number) {
    JsonNode given = number(value);
    return given.isIntegralNumber() && given.canConvertToLong() && given.longValue() == number;
  }

  /** True if both values mean the same. */
  static boolean same(JsonNode one, JsonNode other) {
    return one.isValueNode() && other.isValueNode()
        ? number(one).asText().equals(number(other).asText())
        : one.equals(other);
  }

  /** Returns {@code text} in one line. */
  static String oneLine(String text) {
    return BREAKS.matcher(text).find() ? BREAKS.matcher(text).replaceAll(" ").strip() : text;
  }
}
