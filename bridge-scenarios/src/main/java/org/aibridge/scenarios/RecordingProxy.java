package org.aibridge.scenarios;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

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

  /** Listens on a port of 127.0.0.1; the number 0 means any free port. */
  RecordingProxy(int port, URI target, Recording recording) throws IOException {
    this.service = new Upstream(target);
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
      String target = exchange.getRequestURI().toString();
      HttpResponse<byte[]> answer = service.ask(method, target, exchange.getRequestHeaders(), body);
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
    return headers;
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
