package org.aibridge.core.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;

/**
 * The limit on requests that an answer names in its {@code X-RateLimit-*} headers.
 *
 * @param limit the requests that a client may make in a minute; 0 if the answer does not say
 * @param remaining how many of these are left; -1 if the answer does not say
 * @param resetMs the time until the count begins anew, in milliseconds; -1 if the answer does not
 *     say, or names a time in the past
 */
record RateLimit(int limit, int remaining, long resetMs) {
  static final RateLimit NONE = new RateLimit(0, -1, -1);

  /** A number of up to 15 digits; a number with more digits cannot be a limit. */
  private static final Pattern NUMBER = Pattern.compile("\\s*([0-9]{1,15})(?:[.,;\\s].*)?");

  /** A reset time from this value on is in seconds since 1970; from {@link #EPOCH_MS} on, in ms. */
  private static final long EPOCH_SECONDS = 1_000_000_000;

  private static final long EPOCH_MS = 1_000_000_000_000L;

  /** The largest limit that is believed; a larger one counts as no limit. */
  private static final long MAX_LIMIT = 1_000_000;

  /** Reads the headers of an answer that came at {@code nowMs} by this machine's clock. */
  static RateLimit of(Headers headers, long nowMs) {
    long limit = number(headers.get("X-RateLimit-Limit"));
    if (limit <= 0 || limit > MAX_LIMIT) {
      return NONE;
    }
    long remaining = number(headers.get("X-RateLimit-Remaining"));
    long reset = number(headers.get("X-RateLimit-Reset"));
    long sentMs = headers.getDate("Date") == null ? nowMs : headers.getDate("Date").getTime();
    return new RateLimit(
        (int) limit, (int) Math.min(remaining, limit), reset < 0 ? -1 : waitMs(reset, sentMs));
  }

  private static long waitMs(long reset, long sentMs) {
    if (reset < EPOCH_SECONDS) {
      return reset * 1000;
    }
    return Math.max(-1, (reset < EPOCH_MS ? reset * 1000 : reset) - sentMs);
  }

  /** Returns the whole number at the beginning of {@code text}; -1 if there is none. */
  private static long number(String text) {
    Matcher matcher = NUMBER.matcher(text == null ? "" : text);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }
}
