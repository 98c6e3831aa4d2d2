package org.aibridge.core.http;

import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Removes parts of an answer's head that OkHttp would handle badly. Any thread. */
final class AnswerHead {
  private static final String RETRY_AFTER = "Retry-After";

  private AnswerHead() {}

  /**
   * Intercepts a response. Moves {@code Retry-After} to the {@link Exchange}: OkHttp repeats a GET
   * by itself when told to come back at once, and fails at a number too large for it. Throws an
   * {@link IOException} for a negative length, at which OkHttp would fail and leak the connection.
   */
  static Response take(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    Exchange.of(chain.request()).retryAfter = response.headers(RETRY_AFTER);
    if (response.header("Content-Length", "").startsWith("-")) {
      throw new ProtocolException("its Content-Length is negative");
    }
    return response.newBuilder().removeHeader(RETRY_AFTER).build();
  }
}
