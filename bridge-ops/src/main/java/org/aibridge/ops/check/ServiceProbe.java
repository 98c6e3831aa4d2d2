package org.aibridge.ops.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.aibridge.core.config.BridgeConfig;

/** Asks the AI service one thing at a time, with the headers of the bridge. */
final class ServiceProbe {
  private static final int MAX_BODY_BYTES = 1 << 16;

  private final BridgeConfig config;
  private final InstantSource clock;
  private final HttpClient client;

  ServiceProbe(BridgeConfig config, SSLContext tls, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(config.aiService().connectTimeout());
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.client = builder.build();
  }

  /**
   * Asks for {@code path}, which is appended to the base URL.
   *
   * @throws TimeoutException when the whole answer is not there within the configured times
   */
  Reply get(String path) throws IOException, TimeoutException {
    HttpRequest request = request(path);
    BridgeConfig.AiService service = config.aiService();
    Duration limit = service.connectTimeout().plus(service.readTimeout());
    return Bounded.call(limit, () -> ask(path, request));
  }

  private Reply ask(String path, HttpRequest request) throws IOException, InterruptedException {
    long start = System.nanoTime();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      String body = new String(in.readNBytes(MAX_BODY_BYTES), StandardCharsets.UTF_8);
      return new Reply(
          path.replaceAll("\\?.*", ""),
          response.statusCode(),
          (System.nanoTime() - start) / 1_000_000,
          clock.instant(),
          body,
          header(response, "Content-Type"),
          header(response, "Location"),
          date(header(response, "Date")));
    }
  }

  /** The message of a header the client refuses would hold the key, so it goes no further. */
  private HttpRequest request(String path) throws IOException {
    BridgeConfig.AiService service = config.aiService();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service.baseUrl() + path))
            .timeout(service.readTimeout())
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

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
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
