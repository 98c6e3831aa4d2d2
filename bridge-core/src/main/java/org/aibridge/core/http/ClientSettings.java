package org.aibridge.core.http;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.Secret;

/**
 * What a reload replaces at once.
 *
 * @param client asks the service for the bridge itself
 * @param scripts asks it for scripts
 * @param stranger asks other hosts for scripts, and knows nothing of what identifies us; one for
 *     all, or no connection is used twice
 * @param hosts what scripts may ask beside the service
 */
record ClientSettings(
    BridgeConfig config,
    OkHttpClient client,
    OkHttpClient scripts,
    OkHttpClient stranger,
    HttpUrl base,
    Set<String> hosts) {

  /**
   * Who asks.
   *
   * @param ours whether it is the service that is asked
   */
  OkHttpClient clientFor(ServiceRequest request, boolean ours) {
    if (request.caller() == ServiceRequest.Caller.SCRIPT) {
      return ours ? scripts : stranger;
    }
    if (request.extraTimeMs() == 0) {
      return client;
    }
    long readMs = client.readTimeoutMillis() + request.extraTimeMs();
    return client
        .newBuilder()
        .readTimeout(readMs, TimeUnit.MILLISECONDS)
        .callTimeout(readMs + client.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
        .build();
  }

  /** What must not come back to us in words for people. */
  Secret key() {
    return config.aiService().apiKey();
  }

  long maxRetryAfterMs() {
    return config.eventDispatcher().maxRetryAfter().toMillis();
  }
}
