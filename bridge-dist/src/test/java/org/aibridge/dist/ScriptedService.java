package org.aibridge.dist;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/** An AI service on loopback that answers as a test says, and may change its mind. */
final class ScriptedService implements AutoCloseable {
  static final String EVENTS = "/api/v1/events/dispatch";
  static final String ACTIONS = "/api/v1/actions/pending";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile BiFunction<String, JsonNode, Answer> mind = (path, body) -> Answer.OK;

  /**
   * @param retryAfter seconds; 0 for none
   */
  record Answer(int status, String body, int retryAfter) {
    static final Answer OK = of(200, "{\"status\":\"healthy\",\"actions\":[]}");

    static Answer of(int status, String body) {
      return new Answer(status, body, 0);
    }
  }

  ScriptedService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers with what {@code mind} makes of path and body. */
  void answers(BiFunction<String, JsonNode, Answer> mind) {
    this.mind = mind;
  }

  /** Answers one path so, and all others well. */
  void answers(String path, Answer answer) {
    answers((asked, body) -> asked.equals(path) ? answer : Answer.OK);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] sent = exchange.getRequestBody().readAllBytes();
    JsonNode body = sent.length == 0 ? MissingNode.getInstance() : JSON.readTree(sent);
    Answer answer = mind.apply(exchange.getRequestURI().getPath(), body);
    byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (answer.retryAfter > 0) {
      exchange.getResponseHeaders().set("Retry-After", Integer.toString(answer.retryAfter));
    }
    exchange.sendResponseHeaders(answer.status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
