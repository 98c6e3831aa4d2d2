package org.aibridge.core.http;

import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Interceptor;
import okhttp3.Response;

/** Takes from an answer's head what OkHttp would do harm with. Any thread. */
final class AnswerHead {
  private static final String RETRY_AFTER = "Retry-After";

  private AnswerHead() {}

  /**
   * An interceptor. {@code Retry-After} is kept in the {@link Exchange}: OkHttp sends a GET again
   * by itself when told to come back at once, and fails at a number it cannot hold. A negative
   * length, of which it would make an exception that leaves the connection behind, is an {@link
   * IOException}.
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
