package org.aibridge.core.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.aibridge.core.text.Sentence;

/**
 * Makes a text that is the same for all letters with one problem: the status, and the reason
 * without what differs from event to event.
 *
 * <p>Numbers, UUIDs and quoted values are replaced; of an answer in JSON, only the fields count in
 * which services put their reason. Any thread.
 */
public final class LetterFingerprint {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Set<String> TELLING =
      Set.of(
          "detail", "error", "errors", "message", "msg", "reason", "title", "type", "code", "loc");
  private static final int MAX_TEXT = 160;
  private static final int MAX_READ = 2048;

  private LetterFingerprint() {}

  /** Returns the fingerprint in readable form, such as {@code 9 unknown map *}. */
  public static String text(DeadLetter.Reason reason, int status, String problem, String answer) {
    StringBuilder text = new StringBuilder(96);
    text.append(status > 0 ? Integer.toString(status) : reason.wireName()).append(' ');
    if (status > 0 && reason != DeadLetter.Reason.REFUSED) {
      text.append(reason.wireName()).append(' ');
    }
    // Leaves out a problem that is only the status, because the text has the status already.
    boolean rejected = reason == DeadLetter.Reason.REJECTED;
    String bare = !rejected && problem.matches("\\S+ " + status) ? "" : problem + " ";
    String why = rejected ? "" : told(answer);
    normalise(bare + why, text);
    String all = text.toString().strip();
    return all.length() > MAX_TEXT ? all.substring(0, MAX_TEXT) : all;
  }

  /** Returns a hash of {@link #text}; the same text has the same hash in every process. */
  public static long hash(String text) {
    long hash = 0xCBF2_9CE4_8422_2325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x0000_0100_0000_01B3L;
    }
    return hash;
  }

  /** Returns the name that operators use for a fingerprint: eight digits of its {@link #hash}. */
  public static String name(long hash) {
    return Sentence.of("%08x", (int) (hash ^ hash >>> 32));
  }

  /**
   * Returns the texts in a JSON answer that tell the reason; any other answer is returned whole.
   */
  private static String told(String answer) {
    String text = answer.strip();
    if (text.startsWith("{") || text.startsWith("[")) {
      try {
        JsonNode json = MAPPER.readTree(text);
        StringBuilder found = new StringBuilder();
        collect(json, json.isArray(), found);
        return found.toString();
      } catch (IOException cut) {
        // The JSON was cut off when it was stored, so the answer counts as plain text.
        return text;
      }
    }
    return text;
  }

  private static void collect(JsonNode json, boolean telling, StringBuilder found) {
    if (json.isObject()) {
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (TELLING.contains(field.getKey())) {
          collect(field.getValue(), true, found);
        }
      }
    } else if (json.isArray()) {
      json.forEach(element -> collect(element, telling, found));
    } else if (telling && json.isTextual() && found.length() < MAX_READ) {
      found.append(json.textValue()).append(' ');
    }
  }

  private static void normalise(String raw, StringBuilder out) {
    int start = out.length();
    int end = Math.min(raw.length(), MAX_READ);
    int i = 0;
    while (i < end && out.length() - start < MAX_TEXT) {
      char c = raw.charAt(i);
      int word = wordEnd(raw, i, end);
      int quoted =
          isQuote(c) && (i == 0 || !isWordPart(raw.charAt(i - 1))) ? quoteEnd(raw, i, end) : -1;
      if (quoted > 0) {
        put(out, "*");
        i = quoted;
      } else if (word > i) {
        boolean varies = hasDigit(raw, i, word);
        put(out, varies ? "#" : raw.substring(i, word));
        i = word;
      } else {
        put(out, c <= ' ' || c == 0x7F ? " " : Character.toString(c));
        i++;
      }
    }
  }

  private static void put(StringBuilder out, String piece) {
    boolean again = out.length() > 0 && (piece.equals(" ") || piece.equals("#"));
    if (again && out.charAt(out.length() - 1) == piece.charAt(0)) {
      return;
    }
    out.append(piece);
  }

  /** Returns the end of the letters, digits and dashes that start at {@code from}. */
  private static int wordEnd(String raw, int from, int end) {
    int i = from;
    while (i < end && isWordPart(raw.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Returns the position after the closing quote; -1 if there is none before {@code end}. */
  private static int quoteEnd(String raw, int from, int end) {
    char quote = raw.charAt(from);
    for (int i = from + 1; i < end; i++) {
      if (raw.charAt(i) == quote && (i + 1 == end || !isWordPart(raw.charAt(i + 1)))) {
        return i + 1;
      }
    }
    return -1;
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '-' || c == '_';
  }

  private static boolean hasDigit(String raw, int from, int end) {
    for (int i = from; i < end; i++) {
      if (Character.isDigit(raw.charAt(i))) {
        return true;
      }
    }
    return isHex(raw, from, end);
  }

  /**
   * True for eight or more hexadecimal digits, which look like an id, even without a decimal digit.
   */
  private static boolean isHex(String raw, int from, int end) {
    for (int i = from; i < end; i++) {
      if (Character.digit(raw.charAt(i), 16) < 0) {
        return false;
      }
    }
    return end - from >= 8;
  }
}
