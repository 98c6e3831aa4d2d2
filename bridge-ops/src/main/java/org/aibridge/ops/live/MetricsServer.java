package org.aibridge.ops.live;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.aibridge.core.run.Reason;

/** Answers {@code GET /metrics}, and nothing else. */
final class MetricsServer implements AutoCloseable {
  private static final String PATH = "/metrics";

  /** The maximum time in seconds for a request or its response; the connection is then closed. */
  private static final String MAX_SECONDS = "10";

  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Callable<String> text;
  private final String url;

  private MetricsServer(HttpServer server, String address, Callable<String> text) {
    this.server = server;
    this.text = text;
    this.url = "http://" + address + PATH;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "ai-bridge metrics");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::answer);
  }

  /**
   * Listens at {@code address}, given as {@code host:port}.
   *
   * @throws IOException if that is not possible
   */
  static MetricsServer start(String address, Callable<String> text) throws IOException {
    System.setProperty("sun.net.httpserver.maxReqTime", MAX_SECONDS);
    System.setProperty("sun.net.httpserver.maxRspTime", MAX_SECONDS);
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
    InetSocketAddress at =
        new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
    if (at.isUnresolved()) {
      throw new IOException("no address is known for " + host);
    }
    MetricsServer made = new MetricsServer(HttpServer.create(at, 0), address, text);
    made.server.start();
    return made;
  }

  String url() {
    return url;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        send(exchange, 404, "there is " + PATH + " and nothing else\n");
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, "it can be read, and nothing else\n");
      } else {
        sendMetrics(exchange);
      }
    }
  }

  private void sendMetrics(HttpExchange exchange) throws IOException {
    String metrics;
    try {
      metrics = text.call();
    } catch (Exception e) {
      // Prometheus then counts the target as down and shows the reason.
      send(exchange, 503, Reason.sentence(e) + "\n");
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    send(exchange, 200, metrics);
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
