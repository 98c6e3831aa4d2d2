package org.aibridge.fakeservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.fakeservice.FieldRules.PlayerId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the field's service answers to a request, as FastAPI with pydantic 2 does. */
class FastApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GOOD =
      "{'event_type':'monster_kill','player_id':5,'timestamp':1,'payload':{}}";
  private static final String OBJECT =
      "Input should be a valid dictionary or object to extract fields from";
  private static final String NO_INTEGER =
      "Input should be a valid integer, unable to parse string as an integer";
  private static final FieldRules TEXT = FieldRules.DEFAULT.withPlayerId(PlayerId.TEXT);
  private static final FieldRules INT32 = FieldRules.DEFAULT.withPlayerId(PlayerId.INT32);
  private static final FieldRules FORBIDS = FieldRules.DEFAULT.withForbiddenExtra();

  private Instant now = Instant.parse("2026-11-28T12:00:00Z");
  private FieldService service;

  @AfterEach
  void stop() {
    service.close();
  }

  /** A batch and what is wrong with it; nothing is where it is taken. */
  private record Row(FieldRules rules, String sent, String... errors) {
    static Row event(FieldRules rules, String field, String... errors) {
      return new Row(rules, batch(changed(field)), errors);
    }

    static Row event(String field, String... errors) {
      return event(FieldRules.DEFAULT, field, errors);
    }
  }

  private static String changed(String field) {
    String name = field.substring(0, field.indexOf(':'));
    String rest = GOOD.replaceAll(name + ":(\\{}|'[^']*'|[^,}']+)(,?)", "").replace(",}", "}");
    return "{" + field + "," + rest.substring(1);
  }

  private static String batch(String... events) {
    return "{'events':[" + String.join(",", events) + "]}";
  }

  private static String wrong(String type, String loc, String said, String input) {
    return "{'type':'%s','loc':['body'%s],'msg':'%s','input':%s}".formatted(type, loc, said, input);
  }

  private static String inEvent(String type, String field, String said, String input) {
    return wrong(type, ",'events',0,'" + field + "'", said, input);
  }

  private static String with(String error, String context) {
    return error.substring(0, error.length() - 1) + ",'ctx':" + context + "}";
  }

  static Stream<Row> rows() {
    String noText = "Input should be a valid string";
    String noNumber = "Input should be a valid integer";
    return Stream.of(
        new Row(FieldRules.DEFAULT, batch(GOOD)),
        new Row(FieldRules.DEFAULT, "{'events':[]}"),
        Row.event("'player_id':5.0"),
        Row.event("'player_id':'5'"),
        Row.event("'player_id':' 5.0 '"),
        Row.event("'player_id':true"),
        Row.event("'player_id':null"),
        Row.event("'player_id':4294967295"),
        Row.event("'payload':{'avg':NaN}"),
        Row.event("'surprise':1"),
        Row.event(
            "'player_id':5.5",
            inEvent(
                "int_from_float", "player_id",
                "Input should be a valid integer, got a number with a fractional part", "5.5")),
        Row.event("'player_id':'five'", inEvent("int_parsing", "player_id", NO_INTEGER, "'five'")),
        Row.event("'player_id':[5]", inEvent("int_type", "player_id", noNumber, "[5]")),
        Row.event(
            "'player_id':0",
            with(
                inEvent(
                    "greater_than_equal",
                    "player_id",
                    "Input should be greater than or equal to 1",
                    "0"),
                "{'ge':1}")),
        Row.event(
            INT32,
            "'player_id':2147483648",
            with(
                inEvent(
                    "less_than_equal",
                    "player_id",
                    "Input should be less than or equal to 2147483647",
                    "2147483648"),
                "{'le':2147483647}")),
        Row.event(TEXT, "'player_id':'5'"),
        Row.event(TEXT, "'player_id':5", inEvent("string_type", "player_id", noText, "5")),
        Row.event("'event_type':5", inEvent("string_type", "event_type", noText, "5")),
        Row.event("'timestamp':null", inEvent("int_type", "timestamp", noNumber, "null")),
        Row.event(
            "'payload':[]",
            inEvent("dict_type", "payload", "Input should be a valid dictionary", "[]")),
        Row.event(
            FORBIDS,
            "'event_id':'s:1'",
            inEvent("extra_forbidden", "event_id", "Extra inputs are not permitted", "'s:1'")),
        new Row(FieldRules.DEFAULT, "{}", wrong("missing", ",'events'", "Field required", "{}")),
        new Row(
            FieldRules.DEFAULT,
            "{'events':7}",
            wrong("list_type", ",'events'", "Input should be a valid list", "7")),
        new Row(FieldRules.DEFAULT, "[]", wrong("model_attributes_type", "", OBJECT, "[]")),
        new Row(FieldRules.DEFAULT, "", wrong("missing", "", "Field required", "null")),
        new Row(FieldRules.DEFAULT, "null", wrong("missing", "", "Field required", "null")),
        new Row(
            FieldRules.DEFAULT,
            batch(GOOD, "7", GOOD, "{'event_type':'x'}"),
            wrong("model_attributes_type", ",'events',1", OBJECT, "7"),
            wrong("missing", ",'events',3,'timestamp'", "Field required", "{'event_type':'x'}")));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void namesAllThatIsWrongWithABatch(Row row) throws Exception {
    start(row.rules);
    Answer answer = post("/api/v1/events/dispatch", json(row.sent));

    assertThat(answer.status).as(answer.body).isEqualTo(row.errors.length == 0 ? 200 : 422);
    if (row.errors.length > 0) {
      String detail = "{'detail':[" + String.join(",", row.errors) + "]}";
      assertThat(JSON.readTree(answer.body)).isEqualTo(JSON.readTree(json(detail)));
      assertThat(service.events()).isEmpty();
    }
  }

  @Test
  void readsNoBodyThatIsNotJsonInUtf8() throws Exception {
    start(FieldRules.DEFAULT);
    String path = "/api/v1/events/dispatch";

    Answer broken = post(path, "{\"events\":[");
    assertThat(broken.status).isEqualTo(422);
    JsonNode error = JSON.readTree(broken.body).at("/detail/0");
    assertThat(error.path("type").asText()).isEqualTo("json_invalid");
    assertThat(error.at("/loc/0").asText()).isEqualTo("body");
    assertThat(error.at("/loc/1").isInt()).isTrue();
    assertThat(error.at("/ctx/error").asText()).isNotBlank();

    Answer text = send("POST", path, json(batch(GOOD)), "Content-Type: text/plain");
    assertThat(text.status).isEqualTo(422);
    assertThat(JSON.readTree(text.body).at("/detail/0/type").asText())
        .isEqualTo("model_attributes_type");

    Answer gzip =
        send(
            "POST",
            path,
            "\u001f\u008b\b",
            "Content-Encoding: gzip",
            "Content-Type: application/json");
    assertThat(gzip.status).isEqualTo(400);
    assertThat(gzip.body).isEqualTo("{\"detail\":\"There was an error parsing the body\"}");
    assertThat(service.events()).isEmpty();
  }

  @Test
  void knowsItsPathsAndMethods() throws Exception {
    start(FieldRules.DEFAULT.without("/api/v1/actions/pending"));

    assertThat(get("/api/v1/actions/pending").body).isEqualTo("{\"detail\":\"Not Found\"}");
    assertThat(get("/api/v1/health").status).isEqualTo(404);
    assertThat(get("/health").status).isEqualTo(200);
    Answer method = get("/api/v1/events/dispatch");
    assertThat(method.status).isEqualTo(405);
    assertThat(method.body).isEqualTo("{\"detail\":\"Method Not Allowed\"}");
    assertThat(method.header("Allow")).isEqualTo("POST");
    Answer slash = post("/api/v1/events/dispatch/", json(batch(GOOD)));
    assertThat(slash.status).isEqualTo(307);
    assertThat(slash.header("Location")).isEqualTo("http://h/api/v1/events/dispatch");
    assertThat(slash.body).isEmpty();
    assertThat(JSON.readTree(get("/openapi.json").body).path("paths").fieldNames())
        .toIterable()
        .containsExactly("/", "/health", "/api/v1/events/dispatch", "/api/v1/actions/complete");
  }

  @Test
  void wantsItsKeyWhereItIsNotExempt() throws Exception {
    start(FieldRules.DEFAULT.withApiKey("secret"));

    assertThat(get("/api/v1/actions/pending").status).isEqualTo(401);
    assertThat(send("GET", "/api/v1/actions/pending", "", "X-API-Key: other").status)
        .isEqualTo(403);
    assertThat(send("GET", "/api/v1/actions/pending", "", "X-API-Key: secret").status)
        .isEqualTo(200);
    assertThat(get("/nowhere").status).isEqualTo(401);
    for (String open : List.of("/", "/health", "/openapi.json")) {
      assertThat(get(open).status).isEqualTo(200);
    }
  }

  @Test
  void countsAMinuteFromTheFirstRequestAndWhateverItAnswers() throws Exception {
    start(FieldRules.DEFAULT.withPerMinute(3));

    Answer first = get("/health");
    assertThat(first.header("X-RateLimit-Remaining")).isEmpty();
    now = now.plusMillis(59_999);
    Answer second = get("/nowhere");
    assertThat(second.status).isEqualTo(404);
    assertThat(second.header("X-RateLimit-Limit")).isEqualTo("3");
    assertThat(second.header("X-RateLimit-Remaining")).isEqualTo("1");
    assertThat(second.header("X-RateLimit-Reset"))
        .isEqualTo("" + Instant.parse("2026-11-28T12:01:00Z").getEpochSecond());
    assertThat(post("/api/v1/events/dispatch", "{}").header("X-RateLimit-Remaining"))
        .isEqualTo("0");
    Answer over = get("/health");
    assertThat(over.status).isEqualTo(429);
    assertThat(over.header("Retry-After")).isEqualTo("60");
    now = now.plusMillis(1);
    assertThat(get("/health").status).isEqualTo(200);
  }

  @Test
  void refusesABodyOfOverTenMegabytesByItsLength() throws Exception {
    start(FieldRules.DEFAULT);
    String large = "x".repeat((10 << 20) + 1);

    assertThat(post("/api/v1/events/dispatch", large).status).isEqualTo(413);
    assertThat(post("/api/v1/events/dispatch", large.substring(1)).status).isEqualTo(422);
  }

  @Test
  void offersAnActionUntilItsOneResultHasComeAndHoldsNoPoll() throws Exception {
    start(FieldRules.DEFAULT);
    String poll = "/api/v1/actions/pending?limit=5&wait_ms=60000";
    assertThat(get(poll).body).isEqualTo("{\"actions\":[]}");
    service.offer(JSON.readTree("{\"action_id\":\"a\",\"action_type\":\"broadcast\"}"));
    assertThat(get(poll).body).contains("\"a\"");
    assertThat(get("/api/v1/actions/pending?limit=many").status).isEqualTo(422);

    String result = json("{'action_id':'a','status':'completed','message':null,'timestamp':1}");
    assertThat(post("/api/v1/actions/complete", "[" + result + "]").status).isEqualTo(422);
    assertThat(get(poll).body).contains("\"a\"");
    assertThat(post("/api/v1/actions/complete", result).status).isEqualTo(200);
    assertThat(get(poll).body).isEqualTo("{\"actions\":[]}");
    assertThat(service.results()).hasSize(1);
    assertThat(service.requests()).contains("GET /api/v1/actions/pending");
  }

  @Test
  void answersWhatItDidNotThinkOfWith500() throws Exception {
    start(FieldRules.DEFAULT);
    Answer half = post("/api/v1/events/dispatch", json(batch(changed("'map':'\\ud83d'"))));
    assertThat(half.status).isEqualTo(500);
    Answer answer = get("/api/v1/actions/pending?limit=%zz");
    assertThat(answer.status).isEqualTo(500);
    assertThat(answer.body).isEqualTo("Internal Server Error");
    assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
  }

  private void start(FieldRules rules) throws IOException {
    service = new FieldService(rules, 0, () -> now);
  }

  private Answer get(String path) throws IOException {
    return send("GET", path, "");
  }

  private Answer post(String path, String body) throws IOException {
    return send("POST", path, body, "Content-Type: application/json");
  }

  private Answer send(String method, String path, String body, String... headers)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    StringBuilder head =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
    int port = Integer.parseInt(service.baseUrl().replaceAll(".*:", ""));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(bytes);
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int end = text.indexOf("\r\n\r\n");
      return new Answer(
          Integer.parseInt(text.split(" ")[1]), text.substring(0, end), text.substring(end + 4));
    }
  }

  private record Answer(int status, String head, String body) {
    String header(String name) {
      return head.lines()
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
