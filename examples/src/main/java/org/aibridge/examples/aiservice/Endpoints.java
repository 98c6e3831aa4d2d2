package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * The four paths of the protocol, and two for NPC scripts.
 *
 * <p>Called by all threads of the server. Only a poll that asks for it waits; everything else
 * answers when its records are written.
 */
final class Endpoints implements HttpHandler {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;
  private static final long MAX_WAIT_MS = 30_000;

  /** How many results may come in one array; the bridge is told with every poll. */
  private static final int MAX_RESULTS = 100;

  private final Brain brain;
  private final Semaphore idle;

  /**
   * @param idle one permit a thread of the server, held while a request is under way
   */
  Endpoints(Brain brain, Semaphore idle) {
    this.brain = brain;
    this.idle = idle;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    idle.acquireUninterruptibly();
    try (exchange) {
      serve(exchange);
    } finally {
      idle.release();
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try {
      send(exchange, 200, answer(exchange));
    } catch (Refusal e) {
      send(exchange, e.status(), error(e.getMessage()));
    } catch (RecordFile.WriteException | RuntimeException e) {
      System.err.println("AI service failed at " + exchange.getRequestURI().getPath() + ": " + e);
      send(exchange, 500, error(e.toString()));
    }
  }

  private String answer(HttpExchange exchange) throws IOException, Refusal {
    switch (exchange.getRequestURI().getPath()) {
      case "/api/v1/events/dispatch":
        requireMethod(exchange, "POST");
        return dispatch(exchange);
      case "/api/v1/actions/pending":
        requireMethod(exchange, "GET");
        return pending(exchange);
      case "/api/v1/actions/complete":
        requireMethod(exchange, "POST");
        return complete(exchange);
      case "/api/v1/health":
        requireMethod(exchange, "GET");
        return health();
      case "/api/v1/npc/greeting":
        requireMethod(exchange, "GET");
        return greeting(exchange);
      case "/api/v1/npc/chat":
        requireMethod(exchange, "POST");
        return chat(exchange);
      default:
        throw new Refusal(404, "no such path: " + exchange.getRequestURI().getPath());
    }
  }

  private String dispatch(HttpExchange exchange) throws IOException, Refusal {
    List<Event> events = Requests.events(Requests.json(exchange));
    String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    int repeated = brain.accept(events, key == null ? "" : key);
    return "{\"accepted\":" + events.size() + ",\"repeated\":" + repeated + "}";
  }

  private String pending(HttpExchange exchange) throws Refusal {
    long limit = Requests.number(exchange, "limit", DEFAULT_LIMIT, 1);
    long waitMs = Requests.number(exchange, "wait_ms", 0, 0);
    List<String> actions =
        brain.actions().poll((int) Math.min(limit, MAX_LIMIT), Math.min(waitMs, MAX_WAIT_MS));
    return "{\"max_results\":" + MAX_RESULTS + ",\"actions\":[" + String.join(",", actions) + "]}";
  }

  private String complete(HttpExchange exchange) throws IOException, Refusal {
    List<Result> results = Requests.results(Requests.json(exchange));
    brain.complete(results);
    return "{\"taken\":" + results.size() + "}";
  }

  private String health() {
    return "{\"status\":\"healthy\",\"events\":"
        + brain.eventCount()
        + ",\"actions_open\":"
        + brain.actions().size()
        + "}";
  }

  private static String greeting(HttpExchange exchange) throws Refusal {
    String npc = Requests.text(exchange, "npc", Chat.MAX_NAME);
    String player = Requests.text(exchange, "player", Chat.MAX_NAME);
    return said(npc, player).put("greeting", Chat.greeting(npc, player)).toString();
  }

  private static String chat(HttpExchange exchange) throws IOException, Refusal {
    JsonNode message = Requests.json(exchange);
    String npc = Requests.text(message, "npc", Chat.MAX_NAME);
    String player = Requests.text(message, "player", Chat.MAX_NAME);
    String text = Requests.text(message, "text", Chat.MAX_TEXT);
    return said(npc, player).put("reply", Chat.reply(npc, player, text)).toString();
  }

  private static ObjectNode said(String npc, String player) {
    return JsonNodeFactory.instance.objectNode().put("npc", npc).put("player", player);
  }

  private static void requireMethod(HttpExchange exchange, String method) throws Refusal {
    if (!exchange.getRequestMethod().equals(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      throw new Refusal(405, "only " + method + " is understood here");
    }
  }

  private static String error(String sentence) {
    return JsonNodeFactory.instance.objectNode().put("error", sentence).toString();
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
