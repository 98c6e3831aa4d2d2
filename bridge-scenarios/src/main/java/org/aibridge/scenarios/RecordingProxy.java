package org.aibridge.scenarios;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Stands in front of a real AI service, passes all requests on, and records the answers. */
final class RecordingProxy implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(5);

  /** The headers of an answer that are recorded: those with a meaning for a bridge. */
  private static final List<String> RECORDED =
      List.of("Content-Type", "Retry-After", "Allow", "WWW-Authenticate");

  private final Upstream service;
  private final Recording recording;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Where a line for each request goes. */
  private final Consumer<String> log;

  /**
   * Listens on a port of 127.0.0.1; the number 0 means any free port.
   *
   * @throws IOException when the port cannot be used; the message names it
   */
  RecordingProxy(int port, URI target, Recording recording, Consumer<String> log)
      throws IOException {
    this.service = new Upstream(target);
    this.recording = recording;
    this.log = log;
    server = HttpServer.create();
    try {
      server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
    } catch (BindException e) {
      throw new IOException(
          "port %d of 127.0.0.1 cannot be used: %s; --port takes another"
              .formatted(port, e.getMessage()),
          e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::pass);
    server.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void pass(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getRawPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    long startNanos = System.nanoTime();
    try (exchange) { // Closed without an answer the connection goes, as the service's did.
      String target = exchange.getRequestURI().toString();
      HttpResponse<byte[]> answer = service.ask(method, target, exchange.getRequestHeaders(), body);
      long tookMs = (System.nanoTime() - startNanos) / 1_000_000;
      boolean held = String.valueOf(exchange.getRequestURI().getRawQuery()).contains("wait_ms=");
      tell(method, path, body, answer, tookMs);
      if (answer == null) {
        recording.addNone(method, path, tookMs);
        return;
      }
      String text = new String(answer.body(), StandardCharsets.UTF_8);
      recording.add(method, path, answer.statusCode(), recorded(answer), text, held ? 0 : tookMs);
      pass(answer, exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(
      String method, String path, byte[] body, HttpResponse<byte[]> answer, long tookMs) {
    String text = new String(body, StandardCharsets.UTF_8);
    int events = Json.readOrMissing(text).path("events").size();
    log.accept(
        "%tT %s %s%s -> %s, %d ms"
            .formatted(
                System.currentTimeMillis(),
                method,
                path,
                events == 0 ? "" : " (" + events + " events)",
                answer == null ? "no answer" : Integer.toString(answer.statusCode()),
                tookMs));
  }

  /** Passes the answer on; throws if the bridge no longer waits for it. */
  private static void pass(HttpResponse<byte[]> answer, HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().putAll(Upstream.headers(answer));
    int length = answer.body().length;
    exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
    exchange.getResponseBody().write(answer.body());
  }

  private static Map<String, String> recorded(HttpResponse<byte[]> answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : RECORDED) {
      answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
    }
    headers.computeIfPresent("Retry-After", (name, value) -> seconds(value));
    return headers;
  }

  /** A date would be over when it is played, so it becomes the seconds that are left. */
  private static String seconds(String retryAfter) {
    try {
      Instant until = DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter, Instant::from);
      return Long.toString(Math.max(0, Duration.between(Instant.now(), until).toSeconds() + 1));
    } catch (DateTimeParseException e) {
      return retryAfter;
    }
  }

  /** Stops the proxy; when this returns, all answers that were passed on are recorded. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    try {
      threads.awaitTermination(END.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
