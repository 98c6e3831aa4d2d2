package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aibridge.ops.CommandRun.Found;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code check} says of a service that was not written for the bridge. */
class CheckForeignServiceTest {
  private static final String OURS =
      "\"/api/v1/events/dispatch\":{\"post\":{}},\"/api/v1/actions/pending\":{},";

  @TempDir Path folder;
  private final Map<String, String> bodies = new ConcurrentHashMap<>();
  private final Map<String, Integer> statuses = new ConcurrentHashMap<>();
  private final List<String> posted = new ArrayList<>();
  private HttpServer server;
  private CommandRun run;

  @BeforeEach
  void begin() throws Exception {
    bodies.put("/api/v1/health", "{\"status\":\"healthy\"}");
    bodies.put("/api/v1/actions/pending", "{\"actions\":[]}");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          byte[] sent = exchange.getRequestBody().readAllBytes();
          if (exchange.getRequestMethod().equals("POST")) {
            posted.add(new String(sent, StandardCharsets.UTF_8));
          }
          byte[] body =
              bodies
                  .getOrDefault(path, "{\"detail\":\"Not Found\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          int status = statuses.getOrDefault(path, bodies.containsKey(path) ? 200 : 404);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    run = new CommandRun(folder);
    run.conf("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private List<Found> paths(String document) throws Exception {
    bodies.put("/openapi.json", document);
    return run.check("paths");
  }

  @Test
  void namesTheNearestPathsOfAServiceWithoutOurs() throws Exception {
    Found found =
        paths(
                """
                {"openapi":"3.1.0","info":{"paths":{"x":1}},"paths":{
                "/":{},"/health":{},"/ai/npc/register":{},"/ai/npc/event":{"post":{"a":[{}]}},
                "/ai/player/interaction":{},"/ai/world/state":{},"/ai/npc/{npc_id}/action":{},
                "/api/v1/quests":{}}}
                """)
            .get(0);

    assertThat(found.level()).isEqualTo("failure");
    assertThat(found.detail())
        .startsWith(
            "your service has no /api/v1/events/dispatch, no /api/v1/actions/pending, no"
                + " /api/v1/actions/complete; it has /api/v1/quests, /ai/npc/event, /, /health, ")
        .endsWith(", 2 more");
    assertThat(found.advice()).contains("docs/protocol.md");
  }

  @Test
  void warnsOfAServiceThatTakesEventsAndDecidesNothing() throws Exception {
    Found found = paths("{\"paths\":{" + OURS + "\"/x\":{}}}").get(0);
    assertThat(found.level()).isEqualTo("warning");
    assertThat(found.detail()).startsWith("your service has no /api/v1/actions/complete; it has");
    run.conf(
        "http://127.0.0.1:" + server.getAddress().getPort(), "[action_executor]", "enabled = no");
    assertThat(paths("{\"paths\":{" + OURS + "\"/x\":{}}}").get(0).ok()).isTrue();
  }

  @Test
  void isContentWithAllOfOurs() throws Exception {
    Found found = paths("{\"paths\":{" + OURS + "\"/api/v1/actions/complete\":{}}}").get(0);
    assertThat(found.level()).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "<html>",
        "{}",
        "{\"paths\":[]}",
        "{\"paths\":{\"/x\":{}",
        "{\"a\":1,\"paths\":{\"/x\":tru"
      })
  void saysNothingOfWhatDescribesNoService(String document) throws Exception {
    assertThat(paths(document)).isEmpty();
    bodies.remove("/openapi.json");
    assertThat(run.check("paths")).isEmpty();
  }

  @Test
  void outlivesAHostileDescription() throws Exception {
    String deep = "{\"paths\":{\"/x\":" + "[".repeat(400_000);
    String many = "{\"paths\":{" + "\"/x\":{},".repeat(5000) + "\"/y\":{}}}";
    String large = "{\"paths\":{\"" + "x".repeat(2 << 20) + "\":{}}}";
    for (String document : List.of(deep, many, large)) {
      assertThat(paths(document)).isEmpty();
    }
    Found found =
        paths("{\"paths\":{\"/\\u001b[31m\\u202e\\n" + "y".repeat(500) + "\":{}}}").get(0);
    assertThat(found.detail()).doesNotContain("\u001b", "\u202e", "\n").hasSizeLessThan(300);
  }

  @Test
  void takesADescriptionThatIsCutBehindThePaths() throws Exception {
    assertThat(paths("{\"paths\":{\"/x\":{}},\"components\":{").get(0).detail())
        .endsWith("; it has /x");
  }

  @ParameterizedTest
  @CsvSource({
    "402, wants to be paid first,             the account",
    "407, a proxy answers in place,           base_url leads to it",
    "421, not responsible for this host name, correct the host",
    "426, another protocol than HTTP/1.1,     take HTTP/1.1",
    "431, our headers too large,              how long the api key is",
    "451, for legal reasons,                  whoever runs",
    "511, a login page,                       base_url leads to it"
  })
  void saysWhatAnAnswerMeansThatIsAboutNoRequest(int status, String detail, String advice)
      throws Exception {
    statuses.put("/api/v1/actions/pending", status);
    Found found = run.check("credentials").get(0);
    assertThat(found.level()).isEqualTo("failure");
    assertThat(found.detail()).contains(detail, Integer.toString(status));
    assertThat(found.advice()).contains(advice);
  }

  @Test
  void triesAgainWhereItIsTooEarly() throws Exception {
    statuses.put("/api/v1/actions/pending", 425);
    assertThat(run.check("credentials").get(0).level()).isEqualTo("warning");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 422})
  void takesAnAnswerToAPollForNothingAsOneToTheKey(int status) throws Exception {
    statuses.put("/api/v1/actions/pending", status);
    Found found = run.check("credentials").get(0);
    assertThat(found.level()).isEqualTo("ok");
    assertThat(found.detail()).contains("not refused", Integer.toString(status));
  }

  @Test
  void sendsNoEventUnasked() throws Exception {
    run.run("check");
    assertThat(posted).isEmpty();
    run.conf("http://127.0.0.1:1");
    run.run("check", "--send-test-event");
    assertThat(run.out).contains("- test event     not sent, the AI service does not answer");
  }

  @Test
  void showsTheAnswerToATestEvent() throws Exception {
    bodies.put("/api/v1/events/dispatch", "{\"accepted\":1}");
    assertThat(run.run("check", "--send-test-event")).isZero();

    assertThat(run.out)
        .containsPattern("✓ test event +ai_bridge_test: HTTP 200 in \\d+ ms, \\{\"acc");
    assertThat(posted)
        .singleElement()
        .asString()
        .matches(
            "\\{\"events\":\\[\\{\"event_id\":\"map-server:\\d{16}\",\"event_type\":\"ai_bridge_test\","
                + "\"timestamp\":\\d{13},\"priority\":\"low\",\"payload\":\\{\"test\":true\\}\\}\\]\\}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "404 | {\"detail\":\"Not Found\"}     | HTTP 404 in     | have the AI team add it",
        "422 | {\"detail\":[{\"loc\":[]}]}    | HTTP 422 in     | an event with docs/protocol.md",
        "403 | {\"detail\":\"bad key\"}       | bad key         | the key is not right",
        "500 | {\"detail\":\"x\"}             | HTTP 500 in     | the AI service's log",
        "200 | OK                           | HTTP 200 with   | the AI service's log",
        "200 | {\"success\":false}          | that it failed  | the AI service's log",
        "200 | {\"error\":\"locked\"}       | that it failed  | the AI service's log",
        "200 | {\"rejected\":{\"ID\":\"no\"}} | rejected        | names it as rejected"
      })
  void saysWhatToDoWhereATestEventIsNotTaken(int status, String body, String detail, String advice)
      throws Exception {
    run.clock = () -> java.time.Instant.ofEpochMilli(1_764_000_000_000L);
    statuses.put("/api/v1/events/dispatch", status);
    bodies.put("/api/v1/events/dispatch", body.replace("ID", "map-server:1764000000000000"));
    assertThat(run.run("check", "--send-test-event", "--json")).isEqualTo(1);

    Found found =
        Found.all(run.out).stream()
            .filter(each -> each.check().equals("test event"))
            .findFirst()
            .orElseThrow();
    assertThat(found.level()).isEqualTo("failure");
    assertThat(found.detail()).contains(detail);
    assertThat(found.advice()).contains(advice);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 415})
  void namesCompressionWhereATestEventMayHaveFailedForIt(int status) throws Exception {
    run.conf(
        "http://127.0.0.1:" + server.getAddress().getPort(), "[ai_service]", "compression = gzip");
    statuses.put("/api/v1/events/dispatch", status);
    assertThat(run.run("check", "--send-test-event")).isEqualTo(1);
    assertThat(run.out).contains("HTTP " + status, "set compression = none");
  }
}
