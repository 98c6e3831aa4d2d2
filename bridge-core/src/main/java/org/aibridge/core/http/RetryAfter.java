package org.aibridge.core.http;

import java.io.IOException;
import java.util.Date;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Reads the {@code Retry-After} header (RFC 9110, section 10.2.3). */
final class RetryAfter {
  private static final String NAME = "Retry-After";
  private static final String HIDDEN = "Bridge-Retry-After";
  private static final int MAX_DIGITS = 12;

  private RetryAfter() {}

  /**
   * Hides the header from OkHttp, which sends a GET again by itself when told to come back at once,
   * and fails at a number it cannot hold.
   */
  static Response hide(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    String header = response.header(NAME);
    Response.Builder builder = response.newBuilder().removeHeader(NAME).removeHeader(HIDDEN);
    return header == null ? builder.build() : builder.header(HIDDEN, header).build();
  }

  /**
   * The wait the hidden header asks for, in milliseconds, at most {@code maxMs}; -1 if there is no
   * header or it makes no sense.
   *
   * <p>A date is measured from the answer's own {@code Date} if there is one, so that the two
   * machines' clocks need not agree.
   */
  static long parse(Headers headers, long nowMs, long maxMs) {
    String header = headers.get(HIDDEN);
    if (header == null || header.isBlank()) {
      return -1;
    }
    String value = header.strip();
    if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return value.length() > MAX_DIGITS ? maxMs : Math.min(Long.parseLong(value) * 1000, maxMs);
    }
    Date at = headers.getDate(HIDDEN);
    if (at == null) {
      return -1;
    }
    Date sent = headers.getDate("Date");
    long from = sent == null ? nowMs : sent.getTime();
    return Math.min(Math.max(0, at.getTime() - from), maxMs);
  }
}
