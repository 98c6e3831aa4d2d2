package org.aibridge.script;

/** Converts values between host and script; only texts, numbers and flags can pass. */
final class ScriptValues {
  /** Up to this limit, a script can represent every whole number exactly. */
  private static final double EXACT = 9_007_199_254_740_992.0;

  private ScriptValues() {}

  /** True if a script can receive {@code value} unchanged. */
  static boolean passes(Object value) {
    return value == null
        || value instanceof CharSequence
        || value instanceof Boolean
        || value instanceof Character
        || value instanceof Number number && exact(number);
  }

  /** Returns the value as a String, Integer, Double or Boolean; {@code null} stays. */
  static Object plain(Object value) {
    if (value instanceof CharSequence || value instanceof Character) {
      return value.toString();
    }
    return value instanceof Number number && !(value instanceof Integer)
        ? (Object) number.doubleValue()
        : value;
  }

  /**
   * Returns a script's number as an Integer if that can hold it, else as a Long, else as a Double.
   */
  static Object narrow(double number) {
    if (number != Math.rint(number)
        || Math.abs(number) > EXACT
        || (number == 0 && 1 / number < 0)) { // minus zero
      return number;
    }
    return number == (int) number ? (Object) (int) number : (Object) (long) number;
  }

  /** Converts a script's value to {@code type}, the type of a host function's parameter. */
  static Object fit(Object value, Class<?> type) {
    if (value instanceof Number number && type != Object.class && type != Number.class) {
      return fitNumber(number, type);
    }
    if (value == null && type.isPrimitive()) {
      throw new IllegalArgumentException("an argument is missing");
    }
    return value;
  }

  private static Object fitNumber(Number number, Class<?> type) {
    if (type == double.class || type == Double.class) {
      return number.doubleValue();
    }
    if (type == float.class || type == Float.class) {
      return number.floatValue();
    }
    if (type == long.class || type == Long.class) {
      return whole(number, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == int.class || type == Integer.class) {
      return (int) whole(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == short.class || type == Short.class) {
      return (short) whole(number, Short.MIN_VALUE, Short.MAX_VALUE);
    }
    return number;
  }

  private static long whole(Number number, long least, long most) {
    if (number instanceof Double || number.longValue() < least || number.longValue() > most) {
      throw new IllegalArgumentException("needs a whole number in range, was given " + number);
    }
    return number.longValue();
  }

  private static boolean exact(Number number) {
    return number instanceof Double
        || number instanceof Float
        || Math.abs(number.doubleValue()) <= EXACT;
  }
}
