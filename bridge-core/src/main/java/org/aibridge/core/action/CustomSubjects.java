package org.aibridge.core.action;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.api.action.CustomAction;

/**
 * Finds the players, NPCs and maps that a custom action names: in the contract's fields beside the
 * payload, and in the payload, since the handler receives all of it.
 *
 * <p>In the payload the names of members decide, at any depth, regardless of case and of characters
 * other than letters. A value whose name ends in {@code player}, {@code player_id}, {@code
 * player_name} or {@code player_key} is a player; NPCs are found likewise. Each text below a name
 * that contains {@code map} is a map. In an object with such a name, the members {@code id}, {@code
 * name} and {@code key} count. A map as a member's name is not found: {@code {"map": {"geffen":
 * 1}}} looks like {@code {"map": {"x": 1}}}.
 */
final class CustomSubjects {
  private static final Pattern WHOM = Pattern.compile("(player|npc)(s|ids?|names?|keys?)?$");

  /** Matches names of members whose number names a map, unlike the coordinate {@code map_x}. */
  private static final Pattern MAP_ITSELF = Pattern.compile("map ?(s|ids?|names?)?$");

  private CustomSubjects() {}

  static void tell(CustomAction action, SubjectVisitor to) {
    to.player(action.targetPlayerId(), "", action.targetPlayerKey());
    to.map(action.targetMap());
    walk("", action.payload(), to);
  }

  /**
   * @param name the name of the member {@code value}, after the kinds of the objects around it
   */
  private static void walk(String name, Object value, SubjectVisitor to) {
    if (value instanceof List<?> list) {
      list.forEach(each -> walk(name, each, to));
    } else if (value instanceof Map<?, ?> members) {
      String above = above(name);
      members.forEach((key, member) -> walk(above + letters((String) key), member, to));
    } else if (value instanceof String || value instanceof Number) {
      leaf(name, value, to);
    }
  }

  /** Returns the prefix for the names of members inside an object called {@code name}. */
  private static String above(String name) {
    Matcher whom = WHOM.matcher(name);
    return (isMap(name) ? "map " : "") + (whom.find() ? whom.group(1) : "");
  }

  private static void leaf(String name, Object value, SubjectVisitor to) {
    Matcher whom = WHOM.matcher(name);
    boolean found = whom.find();
    if (found && whom.group().startsWith("playerkey")) {
      to.player(0, "", value.toString());
    } else if (found) {
      long number =
          value instanceof Number given
              ? given.longValue() & ActionFields.UINT32 // Cut to 32 bits, as a handler's cast does.
              : SubjectName.number(value.toString());
      String text = number == 0 ? value.toString() : "";
      if (whom.group(1).equals("npc")) {
        to.npc(number, text);
      } else {
        to.player(number, text, "");
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
