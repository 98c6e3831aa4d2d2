package org.aibridge.ops.text;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.text.ClockTime;

/** Parses and formats times for operators, in the time zone of this machine. */
public final class TimeText {
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})(s|m|h|d)");

  private TimeText() {}

  /**
   * Parses a time: {@code 15m} for fifteen minutes ago, a date, or a date and time of ISO 8601; in
   * milliseconds since 1970.
   *
   * @throws IllegalArgumentException with a sentence if {@code text} is no time
   */
  public static long parse(String text, Instant now) {
    Matcher span = SPAN.matcher(text);
    if (span.matches()) {
      return now.minus(span(span)).toEpochMilli();
    }
    try {
      if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
        return LocalDate.parse(text)
            .atStartOfDay(ZoneId.systemDefault())
            .toInstant()
            .toEpochMilli();
      }
      String iso = text.replace(' ', 'T');
      if (iso.matches(".*(Z|[+-][0-9]{2}:?[0-9]{2})$") && iso.contains("T")) {
        return OffsetDateTime.parse(iso).toInstant().toEpochMilli();
      }
      return LocalDateTime.parse(iso).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time: give 15m, 2h, 3d, 2026-11-20 or 2026-11-20T21:15");
    }
  }

  /** Parses a duration like {@code 15m}; throws with a sentence if {@code text} is not one. */
  public static Duration parseSpan(String text) {
    Matcher span = SPAN.matcher(text);
    if (!span.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no time span: give 90s, 15m, 2h or 3d");
    }
    return span(span);
  }

  private static Duration span(Matcher span) {
    long count = Long.parseLong(span.group(1));
    return switch (span.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** Formats a time with seconds; a dash if there is none. */
  public static String of(long epochMs) {
    return epochMs <= 0 ? "-" : ClockTime.of(epochMs);
  }

  /** Formats a duration of {@code ms} milliseconds in its two largest units. */
  public static String span(long ms) {
    long s = Math.max(0, ms / 1000);
    if (s < 60) {
      return s + " s";
    }
    if (s < 3600) {
      return s / 60 + " min " + s % 60 + " s";
    }
    if (s < 86_400) {
      return s / 3600 + " h " + s % 3600 / 60 + " min";
    }
    return s / 86_400 + " d " + s % 86_400 / 3600 + " h";
  }
}
