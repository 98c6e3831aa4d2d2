package org.aibridge.core.http;

import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.Secret;

/**
 * The settings and clients that a reload replaces at once.
 *
 * @param client the client of the bridge's own requests to the service
 * @param scripts the client of scripts' requests to the service
 * @param stranger the client of scripts' requests to other hosts, without anything that identifies
 *     us; one client for all hosts, or connections could not be reused
 * @param places the places by which the addresses of scripts are judged
 * @param compression whether bodies for the service are compressed
 */
record ClientSettings(
    BridgeConfig config,
    OkHttpClient client,
    OkHttpClient scripts,
    OkHttpClient stranger,
    ScriptAddress.Places places,
    Compression compression) {

  /**
   * Returns the client for {@code request}.
   *
   * @param ours true if the request goes to the service
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

  /** Returns {@code base_url}, the root of the bridge's own paths. */
  HttpUrl base() {
    return places.base();
  }

  /** Returns the api key, which texts for people must mask. */
  Secret key() {
    return config.aiService().apiKey();
  }

  long maxRetryAfterMs() {
    return config.eventDispatcher().maxRetryAfter().toMillis();
  }
}
