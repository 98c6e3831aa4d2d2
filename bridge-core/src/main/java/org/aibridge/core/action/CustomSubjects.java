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
 * are NPCs; each text below a name with {@code map} in it is a map. Of an object that is called so
 * its {@code id} and {@code name} tell. That a name itself were a map, as in {@code {"map":
 * {"geffen": 1}}}, cannot be told from {@code {"map": {"x": 1}}}.
 */
final class CustomSubjects {
  private static final Pattern WHOM = Pattern.compile("(player|npc)(s|ids?|names?)?$");

  /** What is a map as a number, unlike coordinates, such as {@code map_x}. */
  private static final Pattern MAP_ITSELF = Pattern.compile("map ?(s|ids?|names?)?$");

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
      String above = above(name);
      members.forEach((key, member) -> walk(above + letters((String) key), member, to));
    } else if (value instanceof String || value instanceof Number) {
      leaf(name, value, to);
    }
  }

  /** Of what lies in something called a map, a player or an NPC the name begins with that. */
  private static String above(String name) {
    Matcher whom = WHOM.matcher(name);
    return (isMap(name) ? "map " : "") + (whom.find() ? whom.group(1) : "");
  }

  private static void leaf(String name, Object value, Subjects to) {
    Matcher whom = WHOM.matcher(name);
    if (whom.find()) {
      long number =
          value instanceof Number given
              ? given.longValue() & Fields.UINT32 // as a handler's cast has it
              : SubjectName.number(value.toString());
      String text = number == 0 ? value.toString() : "";
      if (whom.group(1).equals("npc")) {
        to.npc(number, text);
      } else {
        to.player(number, text);
      }
    }
    if (isMap(name) && (value instanceof String || MAP_ITSELF.matcher(name).find())) {
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
}
