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
import okhttp3.Response;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ProbeClient;
import org.aibridge.core.service.EventBatch;

/** Sends single requests to the AI service in the same way as the bridge. */
final class ServiceProbe {
  private static final int MAX_BODY_BYTES = 1 << 20;

  private final BridgeConfig config;
  private final InstantSource clock;
  private final ProbeClient client;

  /** Creates a probe; throws if the TLS files cannot be used. */
  ServiceProbe(BridgeConfig config, InstantSource clock) throws IOException {
    this.config = config;
    this.clock = clock;
    this.client = new ProbeClient(config);
  }

  /**
   * Sends a GET request for {@code path}, which is appended to the base URL.
   *
   * @throws TimeoutException if the response is not complete within the configured timeouts
   */
  ProbeReply get(String path) throws IOException, TimeoutException {
    return Bounded.call(limit(), () -> ask(path));
  }

  /**
   * Sends events and says what the service made of them.
   *
   * @throws TimeoutException if the answer is not complete within the configured timeouts
   */
  Finding send(EventBatch batch, Untrusted untrusted) throws IOException, TimeoutException {
    long start = System.nanoTime();
    Answer answer = Bounded.call(limit(), () -> client.send(batch));
    long nanos = System.nanoTime() - start;
    boolean compressed = config.aiService().compression() == BridgeConfig.Compression.GZIP;
    return TestEvent.finding(answer, client.verdict(answer, batch), nanos, compressed, untrusted);
  }

  private Duration limit() {
    return config.aiService().connectTimeout().plus(config.aiService().readTimeout());
  }

  private ProbeReply ask(String path) throws IOException {
    long start = System.nanoTime();
    try (Response response = client.get(path)) {
      byte[] body = response.body().byteStream().readNBytes(MAX_BODY_BYTES);
      return new ProbeReply(
          path.replaceAll("\\?.*", ""),
          response.code(),
          ProbeClient.kind(response),
          (System.nanoTime() - start) / 1_000_000,
          clock.instant(),
          new String(body, StandardCharsets.UTF_8),
          response.header("Content-Type", ""),
          response.header("Location", ""),
          date(response.header("Date", "")));
    }
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
