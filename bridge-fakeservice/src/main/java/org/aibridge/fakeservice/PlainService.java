package org.aibridge.fakeservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An AI service that was written to {@code docs/protocol.md}: takes gzip, holds polls, takes
 * results in arrays, and says what is wrong with a request in a sentence.
 */
public final class PlainService implements LoopbackServer.Handler<Call> {
  static final String DISPATCH = "/api/v1/events/dispatch";
  static final String PENDING = "/api/v1/actions/pending";
  static final String COMPLETE = "/api/v1/actions/complete";

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1_000;
  private static final long MAX_WAIT_MS = 30_000;

  /** The most results in one array; each poll tells the bridge this number. */
  private static final int MAX_RESULTS = 100;

  private final List<Route> routes = new ArrayList<>();

  /**
   * @param more paths beside the protocol's
   */
  public PlainService(Mind mind, List<Route> more) {
    routes.add(Route.post(DISPATCH, (call, body) -> dispatch(mind, call, body)));
    routes.add(Route.get(PENDING, (call, body) -> pending(mind, call)));
    routes.add(Route.post(COMPLETE, (call, body) -> complete(mind, body)));
    routes.add(Route.get("/api/v1/health", (call, body) -> mind.health()));
    routes.addAll(more);
  }

  static String dispatch(Mind mind, Call call, JsonNode body) throws IOException, Refusal {
    List<JsonNode> events = Requests.events(body);
    int repeated = mind.take(events, call.header("idempotency-key"));
    return "{\"accepted\":" + events.size() + ",\"repeated\":" + repeated + "}";
  }

  private static String pending(Mind mind, Call call) throws Refusal {
    long waitMs = Requests.number(call, "wait_ms", 0, 0);
    String actions = actions(mind, call, Math.min(waitMs, MAX_WAIT_MS));
    return "{\"max_results\":" + MAX_RESULTS + ",\"actions\":" + actions + "}";
  }

  static String actions(Mind mind, Call call, long waitMs) throws Refusal {
    long limit = Requests.number(call, "limit", DEFAULT_LIMIT, 1);
    return "[" + String.join(",", mind.offer((int) Math.min(limit, MAX_LIMIT), waitMs)) + "]";
  }

  static String complete(Mind mind, JsonNode body) throws IOException, Refusal {
    List<JsonNode> results = Requests.results(body);
    mind.hear(results);
    return "{\"taken\":" + results.size() + "}";
  }

  @Override
  public void handle(Call call) throws IOException {
    call.rawBody(); // If the sender has gone, the call ends here, which is no failure of ours.
    try {
      Route route = route(call);
      JsonNode body = call.method().equals("POST") ? Requests.json(call) : null;
      call.answer(200, route.answerer().answer(call, body));
    } catch (Refusal e) {
      call.answer(e.status(), error(e.why()), e.headers());
    } catch (IOException | RuntimeException e) {
      System.err.println("AI service failed at " + call.path() + ": " + e);
      call.answer(500, error(JsonNodeFactory.instance.textNode(e.toString())));
    }
  }

  private Route route(Call call) throws Refusal {
    for (Route route : routes) {
      if (route.path().equals(call.path())) {
        if (route.method().equals(call.method())) {
          return route;
        }
        throw new Refusal(
            405, "only " + route.method() + " is understood here", "Allow: " + route.method());
      }
    }
    throw new Refusal(404, "no such path: " + call.path());
  }

  private static String error(JsonNode why) {
    return JsonNodeFactory.instance.objectNode().set("error", why).toString();
  }
}
