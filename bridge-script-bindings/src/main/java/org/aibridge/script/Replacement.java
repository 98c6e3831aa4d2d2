package org.aibridge.script;

import org.mozilla.javascript.Callable;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.Undefined;

/**
 * A function that makes the replacement of one match, so that each result can be counted: {@code
 * $&} and the like in the template may stand for the whole text.
 */
final class Replacement implements Callable {
  private final String template;

  Replacement(String template) {
    this.template = template;
  }

  /**
   * @param match the match, its groups, its index, the whole text, and the named groups if any
   */
  @Override
  public Object call(Context context, Scriptable scope, Scriptable self, Object[] match) {
    if (template.indexOf('$') < 0) {
      return template;
    }
    int last = match.length - 1;
    Scriptable named = match[last] instanceof Scriptable groups ? groups : null;
    int whole = match[last] instanceof CharSequence ? last : last - 1;
    String text = ScriptRuntime.toString(match[whole]);
    int start = (int) ScriptRuntime.toInteger(match[whole - 1]);
    String matched = ScriptRuntime.toString(match[0]);
    StringBuilder made = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char next = i + 1 < template.length() ? template.charAt(i + 1) : 0;
      if (template.charAt(i) != '$') {
        made.append(template.charAt(i));
        continue;
      }
      i++;
      switch (next) {
        case '$' -> made.append('$');
        case '&' -> made.append(matched);
        case '`' -> made.append(text, 0, start);
        case '\'' ->
            made.append(text, Math.min(text.length(), start + matched.length()), text.length());
        default -> {
          int read = group(i, match, whole - 2, named, context, made);
          if (read == 0) {
            made.append('$');
          }
          i += read - 1;
        }
      }
      RhinoTurn.text(made.length());
    }
    return made.toString();
  }

  /**
   * Appends the group that {@code $1}, {@code $01} or {@code $<name>} names; returns the length of
   * that name in the template, 0 for none.
   */
  private int group(
      int at, Object[] match, int groups, Scriptable named, Context context, StringBuilder made) {
    int close = named != null && template.startsWith("<", at) ? template.indexOf('>', at) : -1;
    if (close > 0) {
      append(named.get(template.substring(at + 1, close), named), made);
      return close + 1 - at;
    }
    for (int digits = 2; digits > 0; digits--) {
      int end = at + digits;
      if (end <= template.length()
          && template.substring(at, end).chars().allMatch(c -> c >= '0' && c <= '9')) {
        int number = Integer.parseInt(template.substring(at, end));
        if (number >= 1 && number <= groups) {
          append(match[number], made);
          return digits;
        }
      }
    }
    return 0;
  }

  private static void append(Object group, StringBuilder made) {
    if (group != null && group != Scriptable.NOT_FOUND && !Undefined.isUndefined(group)) {
      made.append(ScriptRuntime.toString(group));
    }
  }
}
