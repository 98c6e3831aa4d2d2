package org.aibridge.scenarios;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Stands in front of a real AI service, passes all requests on, and records the answers. */
final class RecordingProxy implements AutoCloseable {
  private static final Duration END = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** Headers that a proxy must not pass on, or that its client sets itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "expect");

  /** The headers of an answer that are recorded: those with a meaning for a bridge. */
  private static final List<String> RECORDED =
      List.of("Content-Type", "Retry-After", "Allow", "WWW-Authenticate");

  private final String target;
  private final Recording recording;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Opens a port on 127.0.0.1; 0 means any free one. */
  RecordingProxy(int port, URI target, Recording recording) throws IOException {
    this.target = target.toString().replaceAll("/+$", "");
    this.recording = recording;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
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
      HttpResponse<byte[]> answer = answer(exchange, body);
      if (answer == null) {
        recording.addNone(method, path);
        return;
      }
      boolean held = String.valueOf(exchange.getRequestURI().getRawQuery()).contains("wait_ms=");
      long tookMs = held ? 0 : (System.nanoTime() - startNanos) / 1_000_000;
      String text = new String(answer.body(), StandardCharsets.UTF_8);
      recording.add(method, path, answer.statusCode(), recorded(answer), text, tookMs);
      pass(answer, exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The service's answer, or null when there was none. */
  private HttpResponse<byte[]> answer(HttpExchange exchange, byte[] body)
      throws InterruptedException {
    try {
      return client.send(request(exchange, body), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      return null;
    }
  }

  /** A bridge that no longer waits for the answer says nothing about the service. */
  private static void pass(HttpResponse<byte[]> answer, HttpExchange exchange) throws IOException {
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    int length = answer.body().length;
    exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
    exchange.getResponseBody().write(answer.body());
  }

  private HttpRequest request(HttpExchange exchange, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
            .timeout(LONGEST)
            .method(
                exchange.getRequestMethod(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!OWN_HEADERS.contains(lower) && !lower.equals("accept-encoding")) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request.build();
  }

  private static Map<String, String> recorded(HttpResponse<byte[]> answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : RECORDED) {
      answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
    }
    return headers;
  }

  /** Afterwards all that was passed on is recorded. */
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
