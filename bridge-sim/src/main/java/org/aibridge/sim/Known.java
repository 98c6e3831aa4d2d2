package org.aibridge.sim;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Known violations, which are not mended. An entry names the rule and words of the cause, and
 * matches if all of them occur; no entry can excuse a lost event or an action that is applied
 * twice.
 */
final class Known {
  private static final String FORBIDDEN = "[1-578].*";

  private record Entry(String rule, List<String> words, String cause) {}

  private final List<Entry> entries;

  private Known(List<Entry> entries) {
    this.entries = entries;
  }

  /** Reads the entries of {@code known.txt}, which look like {@code rule | words | … | cause}. */
  static Known read() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines("known.txt")) {
      String[] parts = line.split(" \\| ");
      if (parts[0].matches(FORBIDDEN)) {
        throw new IOException("known.txt excuses what nothing excuses: " + line);
      }
      entries.add(
          new Entry(
              parts[0], List.of(parts).subList(1, parts.length - 1), parts[parts.length - 1]));
    }
    return new Known(entries);
  }

  /** Returns what {@code violation} is known as; null if it is not known. */
  String find(SimOracle.Violation violation) {
    for (Entry entry : entries) {
      boolean fits = violation.rule().startsWith(entry.rule);
      for (String word : entry.words) {
        fits &= violation.what().contains(word);
      }
      if (fits) {
        return entry.cause;
      }
    }
    return null;
  }

  /** Returns the names of the tapes that are stored as resources of this program. */
  static List<String> keptTapes() throws IOException {
    return lines("tapes/list.txt");
  }

  static Tape keptTape(String name) throws IOException {
    return Tape.parse(text("tapes/" + name + ".tape"));
  }

  private static List<String> lines(String name) throws IOException {
    return text(name).lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
  }

  private static String text(String name) throws IOException {
    try (InputStream in = Known.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
