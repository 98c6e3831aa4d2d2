package org.aibridge.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * Holds what the files set, by key.
 *
 * <p>Every reading method returns the default if nothing usable was set, so that one mistake does
 * not hide the next, and notes the mistake in {@link #problems}.
 */
final class Settings {
  private final Map<ConfigKey, Entry> entries = new HashMap<>();
  private final ProblemList problems;

  Settings(ProblemList problems) {
    this.problems = problems;
  }

  /**
   * Sets a key. A line further down replaces an earlier one, with a warning when both lines are in
   * the same file.
   */
  void put(ConfigKey key, Entry entry) {
    Entry before = entries.put(key, entry);
    if (before != null && before.file().equals(entry.file())) {
      problems.warn(entry.file(), entry.line(), duplicate(before, entry));
    }
  }

  static String duplicate(Entry before, Entry entry) {
    return Sentence.of(
        "%s is set in line %d and again in line %d; line %d counts",
        entry.label(), before.line(), entry.line(), entry.line());
  }

  /** Returns the line that sets {@code key}; null if there is none. */
  Entry entry(ConfigKey key) {
    return entries.get(key);
  }

  /** Returns all keys that are set, in the order of the table of keys. */
  List<WrittenSettings.Setting> written() {
    return ConfigKeys.all().stream()
        .filter(entries::containsKey)
        .map(key -> new WrittenSettings.Setting(key, inItsUnit(entries.get(key)), from(key)))
        .toList();
  }

  private String from(ConfigKey key) {
    Entry entry = entries.get(key);
    return Printable.place(entry.file(), entry.line()) + ": " + entry.label();
  }

  private static String inItsUnit(Entry entry) {
    try {
      return entry.scale() == 1
          ? entry.value()
          : Long.toString(
              entry.scale() * ValueParser.number(entry.value(), 0, Long.MAX_VALUE / entry.scale()));
    } catch (InvalidValue asItIs) {
      return entry.value();
    }
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean yesNo(ConfigKey key) {
    return value(key, ValueParser::yesNo);
  }

  int number(ConfigKey key) {
    return Math.toIntExact(longNumber(key));
  }

  Duration duration(ConfigKey key) {
    ChronoUnit unit =
        switch (key.unit()) {
          case "us" -> ChronoUnit.MICROS;
          case "ms" -> ChronoUnit.MILLIS;
          case "s" -> ChronoUnit.SECONDS;
          case "hours" -> ChronoUnit.HOURS;
          case "days" -> ChronoUnit.DAYS;
          default -> throw new IllegalStateException(key.label() + " is not a time");
        };
    return Duration.of(longNumber(key), unit);
  }

  long longNumber(ConfigKey key) {
    Entry entry = entries.get(key);
    long scale = entry == null ? 1 : entry.scale();
    try {
      if (entry != null) {
        return scale * ValueParser.number(entry.value(), min(key, scale), key.max() / scale);
      }
    } catch (InvalidValue bad) {
      reject(entry, key, bad);
    }
    return Long.parseLong(key.defaultValue());
  }

  <T> T value(ConfigKey key, Parser<T> parser) {
    Entry entry = entries.get(key);
    try {
      if (entry != null) {
        T value = parser.parse(entry.value());
        warnOfUnseen(entry);
        return value;
      }
    } catch (InvalidValue bad) {
      reject(entry, key, bad);
    }
    return defaultValue(key, parser);
  }

  /** Warns if a usable value holds invisible characters or typographic quotes. */
  private void warnOfUnseen(Entry entry) {
    String unseen = Printable.unseenIn(entry.value());
    boolean quoted = entry.value().matches("(?s)[\u2018-\u201F].*|.*[\u2018-\u201F]");
    if (!unseen.isEmpty() && (quoted || !Shown.isClean(entry.value()))) {
      warn(entry, unseen + ", which counts as a part of the value");
    }
  }

  private static <T> T defaultValue(ConfigKey key, Parser<T> parser) {
    try {
      return parser.parse(key.defaultValue());
    } catch (InvalidValue broken) {
      throw new IllegalStateException(key.label() + " has an unusable default", broken);
    }
  }

  private void reject(Entry entry, ConfigKey key, InvalidValue bad) {
    String unseen = Printable.unseenIn(entry.value());
    String message = bad.getMessage() + (unseen.isEmpty() ? "" : " and " + unseen);
    reject(entry, key, allowed(entry, key), message);
  }

  /** Notes that the value given for a key cannot be used. */
  void reject(Entry entry, ConfigKey key, String allowed, String message) {
    String given = Printable.given(key, entry.given());
    problems.error(entry.file(), entry.line(), entry.label(), given, allowed, message);
  }

  /** Notes an error of the whole file: a line is missing. */
  void missing(Path file, String label, ConfigKey key, String message) {
    problems.error(file, 0, label, "", key.allowed(), message);
  }

  void warn(Entry entry, String text) {
    problems.warn(entry.file(), entry.line(), entry.label() + " " + text);
  }

  private static String allowed(Entry entry, ConfigKey key) {
    long scale = entry.scale();
    return scale == 1
        ? key.allowed()
        : ValueParser.range(min(key, scale), key.max() / scale, entry.unit());
  }

  private static long min(ConfigKey key, long scale) {
    return -Math.floorDiv(-key.min(), scale); // division that rounds up
  }

  /** Parses one type of value. */
  interface Parser<T> {
    T parse(String text) throws InvalidValue;
  }
}
