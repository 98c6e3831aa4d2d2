package org.aibridge.fakeservice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An AI service as it is met in the field: FastAPI and pydantic 2 behind uvicorn, with a key and a
 * window of requests, and none of what the bridge's contract adds (gzip, held polls, results in
 * arrays, event ids).
 *
 * <p>To each request it applies the window, then the key, the size, the path, the JSON and the
 * model. {@code /docs} and {@code /redoc}, which are for people, it lacks.
 */
public final class FastApi implements LoopbackServer.Handler<Call> {
  /** The time for which uvicorn keeps an idle connection open, in milliseconds. */
  public static final int IDLE_MS = 5_000;

  private static final long WINDOW_MS = 60_000;
  private static final long MAX_BODY = 10 << 20;
  private static final Set<String> WITHOUT_KEY =
      Set.of("/", "/health", "/docs", "/redoc", "/openapi.json");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Accepts NaN and Infinity, as Python's JSON parser does. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final FieldRules rules;
  private final InstantSource clock;
  private final List<Route> routes = new ArrayList<>();
  private final Map<String, Window> windows = new HashMap<>();

  /** The number of requests of one client since the window's first request. */
  private static final class Window {
    final long beginMs;
    int requests;

    Window(long beginMs) {
      this.beginMs = beginMs;
    }
  }

  /**
   * @param more paths beside the three and health; they take any body
   */
  public FastApi(FieldRules rules, Mind mind, List<Route> more, InstantSource clock) {
    this.rules = rules;
    this.clock = clock;
    List<Route> all = new ArrayList<>();
    all.add(Route.get("/", (call, body) -> "{\"service\":\"AI service\"}"));
    all.add(Route.get("/health", (call, body) -> mind.health()));
    all.add(Route.get("/openapi.json", (call, body) -> openApi()));
    all.add(
        new Route(
            "POST",
            PlainService.DISPATCH,
            null,
            rules.batch(),
            (call, body) -> PlainService.dispatch(mind, call, body)));
    all.add(
        new Route(
            "GET",
            PlainService.PENDING,
            FieldRules.poll(),
            null,
            (call, body) -> "{\"actions\":" + PlainService.actions(mind, call, 0) + "}"));
    all.add(
        new Route(
            "POST",
            PlainService.COMPLETE,
            null,
            rules.result(),
            (call, body) -> PlainService.complete(mind, body)));
    all.addAll(more);
    all.stream().filter(route -> !rules.without().contains(route.path())).forEach(routes::add);
  }

  @Override
  public void handle(Call call) throws IOException {
    List<String> headers = new ArrayList<>();
    headers.add("Server: uvicorn");
    headers.add(
        "Date: "
            + DateTimeFormatter.RFC_1123_DATE_TIME.format(
                clock.instant().atOffset(ZoneOffset.UTC)));
    try {
      call.answer(200, judge(call, headers), headers.toArray(String[]::new));
    } catch (Refusal e) {
      headers.addAll(List.of(e.headers()));
      String body = e.status() == 307 ? "" : NODES.objectNode().set("detail", e.why()).toString();
      if (StandardCharsets.UTF_8.newEncoder().canEncode(body)) {
        call.answer(e.status(), body, headers.toArray(String[]::new));
      } else {
        fail(call, headers); // The message would contain half of a character.
      }
    } catch (RuntimeException e) {
      fail(call, headers);
    }
  }

  private String judge(Call call, List<String> headers) throws IOException, Refusal {
    count(call, headers);
    checkKey(call);
    checkSize(call);
    Route route = route(call);
    checkQuery(route, call);
    JsonNode body = call.method().equals("POST") ? body(route, call) : null;
    return route.answerer().answer(call, body);
  }

  private static void fail(Call call, List<String> headers) throws IOException {
    headers.add("Content-Type: text/plain; charset=utf-8");
    call.answer(500, "Internal Server Error", headers.toArray(String[]::new));
  }

  /** Counts a request. The first request of a client begins a window and gets no rate headers. */
  private synchronized void count(Call call, List<String> headers) throws Refusal {
    if (rules.perMinute() == 0) {
      return;
    }
    long now = clock.millis();
    String client = rules.apiKey().isEmpty() ? "" : call.header("x-api-key");
    Window window = windows.get(client);
    if (window == null || now - window.beginMs >= WINDOW_MS) {
      window = new Window(now);
      windows.put(client, window);
    }
    window.requests++;
    if (window.requests > 1) {
      headers.add("X-RateLimit-Limit: " + rules.perMinute());
      headers.add("X-RateLimit-Remaining: " + Math.max(0, rules.perMinute() - window.requests));
      headers.add("X-RateLimit-Reset: " + (window.beginMs + WINDOW_MS) / 1000);
    }
    if (window.requests > rules.perMinute()) {
      throw new Refusal(429, "Rate limit exceeded", "Retry-After: " + WINDOW_MS / 1000);
    }
  }

  private void checkKey(Call call) throws Refusal {
    String given = call.header("x-api-key");
    if (rules.apiKey().isEmpty()
        || WITHOUT_KEY.contains(call.path())
        || given.equals(rules.apiKey())) {
      return;
    }
    throw given.isEmpty()
        ? new Refusal(401, "API key required")
        : new Refusal(403, "Invalid API key");
  }

  private static void checkSize(Call call) throws Refusal {
    String length = call.header("content-length");
    if (!length.isEmpty() && Long.parseLong(length) > MAX_BODY) {
      throw new Refusal(413, "Request body too large");
    }
  }

  private Route route(Call call) throws Refusal {
    String path = call.path();
    List<Route> there = routes.stream().filter(route -> route.path().equals(path)).toList();
    for (Route route : there) {
      if (route.method().equals(call.method())) {
        return route;
      }
    }
    if (!there.isEmpty()) {
      throw new Refusal(405, "Method Not Allowed", "Allow: " + there.get(0).method());
    }
    String shorter = path.replaceAll("/$", "");
    if (!shorter.equals(path) && routes.stream().anyMatch(r -> r.path().equals(shorter))) {
      throw new Refusal(307, "", "Location: http://" + call.header("host") + shorter);
    }
    throw new Refusal(404, "Not Found");
  }

  private static void checkQuery(Route route, Call call) throws Refusal {
    if (route.query() != null) {
      ObjectNode query = NODES.objectNode();
      call.query().forEach(query::put);
      check(route.query(), query, NODES.arrayNode().add("query"));
    }
  }

  private static JsonNode body(Route route, Call call) throws IOException, Refusal {
    ArrayNode loc = NODES.arrayNode().add("body");
    byte[] raw = call.rawBody();
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      throw new Refusal(400, "There was an error parsing the body");
    }
    String type = call.header("content-type").toLowerCase(Locale.ROOT);
    boolean isJson = type.matches("application/(json|.*\\+json)(;.*| .*)?");
    JsonNode body = isJson && !text.isEmpty() ? json(text, loc) : TextNode.valueOf(text);
    if (body.isNull() || text.isEmpty()) {
      throw unprocessable("missing", loc, "Field required", NODES.nullNode());
    }
    if (route.body() != null) {
      check(route.body(), body, loc);
    }
    return body;
  }

  private static JsonNode json(String text, ArrayNode loc) throws Refusal {
    try {
      JsonNode body = JSON.readTree(text);
      if (!body.isMissingNode()) {
        return body;
      }
    } catch (JsonProcessingException e) {
      throw unreadable(loc, e.getLocation().getCharOffset(), e.getOriginalMessage());
    }
    throw unreadable(loc, 0, "Expecting value");
  }

  private static Refusal unreadable(ArrayNode loc, long at, String why) {
    ArrayNode errors = NODES.arrayNode();
    Schema.error(
            errors, "json_invalid", loc.deepCopy().add(at), "JSON decode error", NODES.objectNode())
        .putObject("ctx")
        .put("error", why);
    return new Refusal(422, errors);
  }

  private static void check(Schema schema, JsonNode value, ArrayNode loc) throws Refusal {
    ArrayNode errors = NODES.arrayNode();
    schema.check(value, loc, errors);
    if (!errors.isEmpty()) {
      throw new Refusal(422, errors);
    }
  }

  private static Refusal unprocessable(String type, ArrayNode loc, String said, JsonNode input) {
    ArrayNode errors = NODES.arrayNode();
    Schema.error(errors, type, loc, said, input);
    return new Refusal(422, errors);
  }

  private String openApi() {
    ObjectNode document = NODES.objectNode().put("openapi", "3.1.0");
    document.putObject("info").put("title", "AI service").put("version", "1.0.0");
    ObjectNode paths = document.putObject("paths");
    for (Route route : routes) {
      if (!route.path().equals("/openapi.json")) {
        paths
            .withObject("/" + route.path().replace("~", "~0").replace("/", "~1"))
            .putObject(route.method().toLowerCase(Locale.ROOT))
            .putObject("responses")
            .putObject("200")
            .put("description", "Successful Response");
      }
    }
    return document.toString();
  }
}
