package org.aibridge.core.action;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.api.action.CustomAction;

/**
 * Whom and what a custom action names: beside its payload, which is the contract's, and in it,
 * since its handler is given the whole of that.
 *
 * <p>In the payload the names of members tell, at any depth, in any case, and without what is no
 * letter: what ends in {@code player}, {@code player_id} or {@code player_name} is a player, and so
 * are NPCs; each text below a name with {@code map} in it is a map.
 */
final class CustomSubjects {
  private static final Pattern WHOM = Pattern.compile("(player|npc)(s|ids?|names?)?$");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private CustomSubjects() {}

  static void tell(CustomAction action, Subjects to) {
    to.player(action.targetPlayerId(), "");
    to.map(action.targetMap());
    walk("", action.payload(), to);
  }

  /**
   * @param name that of the member which {@code value} is, behind those of what it lies in
   */
  private static void walk(String name, Object value, Subjects to) {
    if (value instanceof List<?> list) {
      list.forEach(each -> walk(name, each, to));
    } else if (value instanceof Map<?, ?> members) {
      // What lies in something called a map is below that name, whatever its own is.
      String above = isMap(name) ? "map " : "";
      members.forEach((key, member) -> walk(above + letters((String) key), member, to));
    } else if (value instanceof String || value instanceof Number) {
      leaf(name, value, to);
    }
  }

  private static void leaf(String name, Object value, Subjects to) {
    Matcher whom = WHOM.matcher(name);
    if (whom.find()) {
      long number = number(value);
      String text = number == 0 ? value.toString() : "";
      if (whom.group(1).equals("npc")) {
        to.npc(number, text);
      } else {
        to.player(number, text);
      }
    }
    // Coordinates, such as map_x, are numbers too.
    if (isMap(name) && (value instanceof String || name.endsWith("map"))) {
      to.map(value.toString());
    }
  }

  private static boolean isMap(String name) {
    return name.contains("map");
  }

  private static String letters(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z]", "");
  }

  /** The number that {@code id} is, as a number or in digits; 0 if it is none. */
  private static long number(Object id) {
    if (id instanceof Number number) {
      return number.longValue();
    }
    String text = id.toString().strip();
    return DIGITS.matcher(text).matches() ? Long.parseLong(text) : 0;
  }
}
