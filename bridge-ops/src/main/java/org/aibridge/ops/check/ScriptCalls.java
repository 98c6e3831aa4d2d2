package org.aibridge.ops.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the calls of {@code httpget} and {@code httppost} in a script, outside of comments and
 * texts. Knows the comments and texts of JavaScript and of the scripts of map-servers.
 */
final class ScriptCalls {
  private static final String GET = "httpget";
  private static final String POST = "httppost";

  private final String text;
  private final List<Call> calls = new ArrayList<>();
  private int at;
  private int line = 1;

  /** The position in the text up to which lines are counted in {@link #line}. */
  private int counted;

  private ScriptCalls(String text) {
    this.text = text;
  }

  /** Returns the calls in {@code text}, in order. */
  static List<Call> of(String text) {
    ScriptCalls found = new ScriptCalls(text);
    while (found.at < text.length()) {
      found.next();
    }
    return found.calls;
  }

  private void next() {
    char c = text.charAt(at);
    if (text.startsWith("//", at)) {
      at = behind("\n", at);
    } else if (text.startsWith("/*", at)) {
      at = behind("*/", at + 2);
    } else if (c == '"' || c == '\'' || c == '`') {
      at = endOfText(at);
    } else if (Character.isJavaIdentifierStart(c)) {
      word();
    } else {
      at++;
    }
  }

  private void word() {
    int begin = at;
    while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(begin, at);
    if (word.equals(GET) || word.equals(POST)) {
      int open = behindBlanks(at);
      if (open < text.length() && text.charAt(open) == '(') {
        at = behindBlanks(open + 1);
        call(begin, word.equals(POST));
      }
    }
  }

  private void call(int begin, boolean posts) {
    for (; counted < begin; counted++) {
      line += text.charAt(counted) == '\n' ? 1 : 0;
    }
    boolean quoted = at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'');
    int end = quoted ? endOfText(at) : at;
    String address = quoted && end > at + 1 ? text.substring(at + 1, end - 1) : "";
    at = end;
    int next = behindBlanks(end);
    boolean whole = quoted && next < text.length() && ",)".indexOf(text.charAt(next)) >= 0;
    calls.add(new Call(line, posts, address, whole));
  }

  private int endOfText(int from) {
    char quote = text.charAt(from);
    for (int i = from + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == quote || c == '\n' && quote != '`') {
        return i + 1;
      }
    }
    return text.length();
  }

  private int behind(String end, int from) {
    int found = text.indexOf(end, from);
    return found < 0 ? text.length() : found + end.length();
  }

  private int behindBlanks(int from) {
    int i = from;
    while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /**
   * One call.
   *
   * @param line its line, counted from 1
   * @param address the text at the beginning of its address; empty if that is made at run time
   * @param whole whether the address is that text and nothing more
   */
  record Call(int line, boolean posts, String address, boolean whole) {}
}
