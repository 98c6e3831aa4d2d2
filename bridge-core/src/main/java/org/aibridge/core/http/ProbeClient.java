package org.aibridge.core.http;

import java.io.IOException;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.aibridge.core.config.BridgeConfig;

/**
 * Asks the AI service as the bridge does, for a command that asks it a few times. To be closed by
 * nobody.
 */
public final class ProbeClient {
  /** A command that only asks whether the service answers reads no more of an answer. */
  private static final int MAX_BYTES = 1 << 20;

  private final BridgeConfig config;
  private final HttpUrl base;
  private final OkHttpClient client;

  /**
   * No connection is opened.
   *
   * @throws IOException if the TLS files cannot be used
   */
  public ProbeClient(BridgeConfig config) throws IOException {
    this.config = config;
    this.base = Connections.base(config);
    this.client = Connections.ofService(config, Dns.SYSTEM, new WatchedSockets()).build();
  }

  /**
   * The answer to a GET of {@code path}, below {@code base_url}; to be closed. Its body is to be
   * read on the calling thread, which waits as long as the configuration has it.
   *
   * @throws IOException without an answer, with a sentence that does not hold the key
   */
  public Response get(String path) throws IOException {
    ServiceRequest request =
        ServiceRequest.get(ServiceRequest.Caller.ACTIONS, path, MAX_BYTES, false);
    Exchange exchange = new Exchange(Connections.callTimeout(config).toNanos(), MAX_BYTES);
    WatchedSockets.carry(exchange);
    HttpUrl url = ScriptAddress.resolve(base, path);
    try {
      return client.newCall(DressedRequest.of(config, request, url, true, exchange)).execute();
    } catch (IllegalArgumentException e) {
      // Its message holds the key.
      String header = config.aiService().apiKeyHeader();
      throw new IOException("the header " + header + " cannot carry the api key");
    }
  }
}
