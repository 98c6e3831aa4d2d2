package org.aibridge.core.http;

import java.util.Date;
import okhttp3.Headers;

/** Reads the {@code Retry-After} header (RFC 9110, section 10.2.3). */
final class RetryAfter {
  private static final String NAME = "Retry-After";
  private static final int MAX_DIGITS = 12;

  private RetryAfter() {}

  /**
   * The wait the header asks for, in milliseconds, at most {@code maxMs}; -1 if there is no header
   * or it makes no sense.
   *
   * <p>A date is measured from the answer's own {@code Date} if there is one, so that the two
   * machines' clocks need not agree.
   */
  static long parse(Headers headers, long nowMs, long maxMs) {
    String header = headers.get(NAME);
    if (header == null || header.isBlank()) {
      return -1;
    }
    String value = header.strip();
    if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return value.length() > MAX_DIGITS ? maxMs : Math.min(Long.parseLong(value) * 1000, maxMs);
    }
    Date at = headers.getDate(NAME);
    if (at == null) {
      return -1;
    }
    Date sent = headers.getDate("Date");
    long from = sent == null ? nowMs : sent.getTime();
    return Math.min(Math.max(0, at.getTime() - from), maxMs);
  }
}
