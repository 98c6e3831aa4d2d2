package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.ServiceClient;

/** Asks the AI service one thing at a time, as the bridge does and with its headers. */
final class ServiceProbe {
  private static final int MAX_BODY_BYTES = 1 << 16;

  private final BridgeConfig config;
  private final InstantSource clock;
  private final OkHttpClient client;

  /** Throws if the TLS files cannot be used. */
  ServiceProbe(BridgeConfig config, InstantSource clock) throws IOException {
    this.config = config;
    this.clock = clock;
    this.client = ServiceClient.probe(config);
  }

  /**
   * Asks for {@code path}, which is appended to the base URL.
   *
   * @throws TimeoutException when the whole answer is not there within the configured times
   */
  ProbeReply get(String path) throws IOException, TimeoutException {
    Request request = request(path);
    BridgeConfig.AiService service = config.aiService();
    Duration limit = service.connectTimeout().plus(service.readTimeout());
    return Bounded.call(limit, () -> ask(path, request));
  }

  private ProbeReply ask(String path, Request request) throws IOException {
    long start = System.nanoTime();
    try (Response response = client.newCall(request).execute()) {
      byte[] body = response.body().byteStream().readNBytes(MAX_BODY_BYTES);
      return new ProbeReply(
          path.replaceAll("\\?.*", ""),
          response.code(),
          (System.nanoTime() - start) / 1_000_000,
          clock.instant(),
          new String(body, StandardCharsets.UTF_8),
          response.header("Content-Type", ""),
          response.header("Location", ""),
          date(response.header("Date", "")));
    }
  }

  /** The message of a header the client refuses would hold the key, so it goes no further. */
  private Request request(String path) throws IOException {
    BridgeConfig.AiService service = config.aiService();
    Request.Builder request =
        new Request.Builder()
            .url(service.baseUrl() + path)
            .header("Accept", "application/json")
            .header("X-Server-Id", config.bridge().serverId());
    if (service.apiKey().isPresent()) {
      boolean bearer = service.apiKeyHeader().equalsIgnoreCase("Authorization");
      try {
        request.header(
            service.apiKeyHeader(), (bearer ? "Bearer " : "") + service.apiKey().reveal());
      } catch (IllegalArgumentException e) {
        throw new IOException("the header " + service.apiKeyHeader() + " cannot carry the api key");
      }
    }
    return request.build();
  }

  private static Optional<Instant> date(String text) {
    try {
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(
              ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
