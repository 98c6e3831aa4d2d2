package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer that stands in a scenario's file byte by byte.
 *
 * @param taken whether it says that the service has taken what was sent
 * @param closes whether the connection is closed behind it
 * @param text the answer, a character for each byte
 */
record OddAnswer(String name, boolean taken, boolean closes, String text) {
  private static final List<String> KEYS = List.of("name", "taken", "closes", "answer");
  private static final Pattern REPEATED = Pattern.compile("<(.)\\*([0-9]{1,7})>");
  private static final Pattern STATUS = Pattern.compile("(?m)^[A-Z]+(?:/[0-9.]+)? ([2-9][0-9]{2})");
  private static final String LENGTH = "Content-Length: ?";

  /**
   * The answer in a file: lines, which end in CRLF but for the last one, or one text as it is.
   *
   * @throws IllegalArgumentException when something is wrong with it; the message says what
   */
  static OddAnswer of(JsonNode given) {
    Keys keys = new Keys("play.answers", given, KEYS);
    JsonNode answer = keys.node("answer");
    String name = keys.node("name").asText();
    if (name.isEmpty() || !answer.isTextual() && !answer.isArray() || !given.has("taken")) {
      throw new IllegalArgumentException(
          "play.answers must each have name, taken and answer (lines, or a text), had " + given);
    }
    String text = answer.isTextual() ? repeated(answer.asText()) : lines(answer);
    if (text.chars().anyMatch(c -> c > 0xff)) {
      throw new IllegalArgumentException(
          "play.answers: %s has a character that is no byte".formatted(name));
    }
    return new OddAnswer(name, keys.flag("taken", true), keys.flag("closes", false), text);
  }

  private static String lines(JsonNode answer) {
    List<String> lines = new ArrayList<>();
    answer.forEach(line -> lines.add(repeated(line.asText())));
    int length = lines.indexOf(LENGTH);
    if (length >= 0) {
      int head = length + lines.subList(length, lines.size()).indexOf("");
      String body =
          String.join("\r\n", lines.subList(Math.min(head + 1, lines.size()), lines.size()));
      lines.set(length, LENGTH.replace("?", Integer.toString(body.length())));
    }
    return String.join("\r\n", lines);
  }

  /** Writes out what is short for a long text. */
  private static String repeated(String text) {
    return REPEATED
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(m.group(1).repeat(Integer.parseInt(m.group(2)))));
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Its status as a report shows it; 0 when it has none. */
  int status() {
    Matcher status = STATUS.matcher(text);
    return status.find() ? Integer.parseInt(status.group(1)) : 0;
  }
}
