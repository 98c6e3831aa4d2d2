package org.aibridge.core.http;

import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;

/**
 * Reads the {@code Retry-After} header (RFC 9110, section 10.2.3), also as real services write it:
 * with a fraction or a unit, as a time since 1970, several times, or as a list.
 */
final class RetryAfter {
  private static final int MAX_DIGITS = 15;
  private static final long DAY_MS = 86_400_000;

  /** The end of the year 9999 in milliseconds since the epoch; a later date is cut to it. */
  private static final long LAST_MS = 253_402_300_799_999L;

  /** The limits on the number and length of values; values beyond them are ignored. */
  private static final int MAX_VALUES = 16;

  private static final int MAX_LENGTH = 200;

  /** A number with or without a unit, in quotes or not, and what may stand behind it. */
  private static final Pattern SPAN =
      Pattern.compile("[\"']?\\+?([0-9]++)(\\.[0-9]*+)?\\s*+([A-Za-z]*+)[\"']?\\s*+([;(].*)?");

  /** A number without a unit from this one on is a time in seconds since 1970. */
  private static final long EPOCH_SECONDS = 1_000_000_000;

  /** From this one on, it is in milliseconds. */
  private static final long EPOCH_MS = 1_000_000_000_000L;

  /** Matches a text that has only the characters of dates; OkHttp throws on other characters. */
  private static final Pattern DATE = Pattern.compile("[A-Za-z0-9 ,:+-]++");

  /** A comma between two values; a comma after a day of the week belongs to a date. */
  private static final Pattern COMMA =
      Pattern.compile("(?<!day|mon|tue|wed|thu|fri|sat|sun),", Pattern.CASE_INSENSITIVE);

  private RetryAfter() {}

  /**
   * Returns the longest wait of {@code values}, in milliseconds, at most {@code maxMs}; -1 if no
   * value makes sense.
   *
   * <p>A date is measured from {@code sent}, so that the two machines' clocks need not agree. If
   * the clocks are more than a day apart, one of them is wrong: then a date is measured by this
   * machine's clock, and ignored if it is more than a day ahead.
   *
   * @param sent the time of the answer by the service's clock; null if the answer has none
   * @param nowMs the time by this machine's clock
   */
  static long waitMs(List<String> values, Date sent, long nowMs, long maxMs) {
    boolean astray = sent != null && Math.abs(bounded(sent) - nowMs) > DAY_MS;
    long from = sent == null || astray ? nowMs : bounded(sent);
    long latest = astray ? DAY_MS : Long.MAX_VALUE;
    long longest = -1;
    for (String value : values.subList(0, Math.min(values.size(), MAX_VALUES))) {
      String[] parts = value.length() > MAX_LENGTH ? new String[0] : COMMA.split(value);
      for (String part : parts) {
        longest = Math.max(longest, waitMs(part.strip(), from, latest, maxMs));
      }
    }
    return longest;
  }

  private static long waitMs(String value, long fromMs, long latestMs, long maxMs) {
    Matcher span = SPAN.matcher(value);
    long unitMs = span.matches() ? unitMs(span.group(3)) : 0;
    if (unitMs == 0) {
      Date at = DATE.matcher(value).matches() ? Headers.of("Date", value).getDate("Date") : null;
      return at == null ? -1 : until(bounded(at), fromMs, latestMs, maxMs);
    }
    if (span.group(1).length() > MAX_DIGITS) {
      return maxMs;
    }
    long whole = Long.parseLong(span.group(1));
    if (span.group(3).isEmpty() && whole >= EPOCH_SECONDS) {
      long at = whole < EPOCH_MS ? whole * 1000 : whole;
      return until(Math.min(at, LAST_MS), fromMs, latestMs, maxMs);
    }
    String number = span.group(1) + (span.group(2) == null ? "" : span.group(2));
    double seconds = Math.ceil(Double.parseDouble(number) * unitMs / 1000);
    return (long) Math.min(seconds * 1000, maxMs);
  }

  private static long until(long atMs, long fromMs, long latestMs, long maxMs) {
    long wait = Math.max(0, atMs - fromMs);
    return wait > latestMs ? -1 : Math.min(wait, maxMs);
  }

  /** Returns the length of {@code unit} in milliseconds; 0 for a word that is no unit. */
  private static long unitMs(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "ms" -> 1;
      case "", "s", "sec", "secs", "second", "seconds" -> 1000;
      case "m", "min", "mins", "minute", "minutes" -> 60_000;
      case "h", "hour", "hours" -> 3_600_000;
      default -> 0;
    };
  }

  private static long bounded(Date date) {
    return Math.max(0, Math.min(date.getTime(), LAST_MS));
  }
}
