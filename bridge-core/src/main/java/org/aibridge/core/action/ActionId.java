package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.util.regex.Pattern;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * The id of an offered action, and how the service writes it.
 *
 * @param text the id by which the ledger knows the action: a text, or the digits of a number; of a
 *     number that is no id, the number as it came; empty if no result can be told
 * @param isNumber true if the service writes a number, which results repeat
 * @param problem why there is no usable id, as a sentence; empty if there is one
 */
record ActionId(String text, boolean isNumber, String problem) {
  /** The longest id, in characters. */
  static final int MAX_CHARS = 128;

  /** The longest number that is sent back in a result, in characters. */
  static final int MAX_NUMBER = 64;

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,19}");
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  static ActionId none(String problem) {
    return new ActionId("", false, problem);
  }

  static ActionId missing(boolean strict) {
    return none("action_id is missing, " + what(strict));
  }

  /** Returns the id that the service wrote as the JSON text {@code given}. */
  static ActionId ofText(String given, boolean strict) {
    boolean usable =
        !given.isBlank() && given.length() <= MAX_CHARS && !ActionFields.hasControl(given);
    return usable ? new ActionId(given, false, "") : unusable('"' + given + '"', strict);
  }

  /** Returns the id that the service wrote as {@code json}, which is not a JSON text. */
  static ActionId ofOther(String json, boolean strict) {
    if (json.length() > MAX_NUMBER || !JSON_NUMBER.matcher(json).matches()) {
      return unusable(json, strict);
    }
    boolean usable = !strict && DIGITS.matcher(json).matches();
    return new ActionId(json, true, usable ? "" : unusable(json, strict).problem);
  }

  private static ActionId unusable(String given, boolean strict) {
    return none(
        Sentence.of("action_id must be %s, not %s", what(strict), Shown.of(given, MAX_NUMBER)));
  }

  private static String what(boolean strict) {
    String text = "a text of 1 to " + MAX_CHARS + " characters";
    return strict ? text : text + " or a whole number of up to 19 digits";
  }

  boolean isUsable() {
    return problem.isEmpty();
  }

  /**
   * Returns the id that a service may mean by a number that is none, such as 4711 by {@code
   * 4711.0}; the empty text if there is no such id.
   */
  String alike() {
    if (!isNumber || DIGITS.matcher(text).matches()) {
      return text;
    }
    JsonNode value = LooseValue.number(DoubleNode.valueOf(Double.parseDouble(text)));
    return value.isIntegralNumber() ? value.asText() : "";
  }
}
