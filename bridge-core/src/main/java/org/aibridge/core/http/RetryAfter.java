package org.aibridge.core.http;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** Reads the {@code Retry-After} header (RFC 9110, section 10.2.3). */
final class RetryAfter {
  private static final int MAX_DIGITS = 12;

  private RetryAfter() {}

  /**
   * The wait the header asks for, in milliseconds, at most {@code maxMs}; -1 if there is no header
   * or it makes no sense.
   */
  static long parse(String header, long nowMs, long maxMs) {
    if (header == null || header.isBlank()) {
      return -1;
    }
    String value = header.strip();
    if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return value.length() > MAX_DIGITS ? maxMs : Math.min(Long.parseLong(value) * 1000, maxMs);
    }
    try {
      long at =
          ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
              .toInstant()
              .toEpochMilli();
      return Math.min(Math.max(0, at - nowMs), maxMs);
    } catch (DateTimeException e) {
      return -1;
    }
  }
}
