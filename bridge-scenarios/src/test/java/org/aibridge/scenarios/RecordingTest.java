package org.aibridge.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  private static final String ACTION =
      """
      {"action_id":"a-1","action_type":"give_reward",
       "payload":{"player_id":150777,"player_name":"Hubert","item_id":501}}\
      """;

  private static final String DISPATCH = "/api/v1/events/dispatch";

  @TempDir Path folder;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void writesAScenarioThatAnswersAsTheServiceDid() throws Exception {
    List<Object> first;
    try (FakeAiService real = FakeAiService.start("flapping");
        RecordingProxy proxy = proxy(real)) {
      first = dispatches(proxy.baseUrl());
      assertThat(real.receivedEventIds()).containsExactly("s:0", "s:1");
    }
    assertThat(first).containsExactly(200, 200, 500, 500, "broken");
    try (FakeAiService replayed =
        FakeAiService.start(AiServiceScenario.fromDirectory(scenario()))) {
      assertThat(dispatches(replayed.baseUrl())).isEqualTo(first);
    }
  }

  @Test
  void keepsNothingOfRequestsAndNoNamesNorKeys() throws Exception {
    try (FakeAiService real = FakeAiService.start("healthy");
        RecordingProxy proxy = proxy(real)) {
      real.offerActions(ACTION);
      dispatches(proxy.baseUrl());
      String polled = get(proxy.baseUrl() + "/api/v1/actions/pending");
      assertThat(polled).contains("Hubert").contains("150777");
    }
    String files = Run.textsIn(scenario());
    assertThat(files).contains("\\\"action_id\\\":\\\"a-1\\\"", "501", "masked-");
    assertThat(files).doesNotContain("Hubert", "150777", "top-secret", "Idun", "s:1");
  }

  @Test
  void recordsNoBrokenConnectionWhereTheBridgeIsWhatHungUp() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    HttpServer real = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    real.createContext(
        "/",
        exchange -> {
          try (exchange) {
            gone.await();
            byte[] body = new byte[1 << 20]; // more than a socket takes without a reader
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    real.start();
    URI target = URI.create("http://127.0.0.1:" + real.getAddress().getPort());
    try (RecordingProxy proxy =
        new RecordingProxy(0, target, new Recording(scenario(), "Mine"), line -> {})) {
      try (Socket bridge = new Socket("127.0.0.1", URI.create(proxy.baseUrl()).getPort())) {
        bridge.getOutputStream().write("GET /x HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
        bridge.setSoLinger(true, 0);
      }
      gone.countDown();
      Path recorded = scenario().resolve("mappings/recorded.json");
      while (!Files.exists(recorded)) {
        Thread.sleep(10);
      }
    } finally {
      real.stop(0);
    }
    assertThat(Run.textsIn(scenario()))
        .contains("\"status\" : 200")
        .doesNotContain("EMPTY_RESPONSE");
  }

  @Test
  void leavesOutHowLongAPollWasHeld() throws Exception {
    try (FakeAiService real = FakeAiService.start("healthy");
        RecordingProxy proxy = proxy(real)) {
      get(proxy.baseUrl() + "/api/v1/actions/pending?wait_ms=300");
    }
    assertThat(Run.textsIn(scenario())).contains("actions/pending").doesNotContain("fixedDelay");
  }

  /** In twenty minutes of two requests a second an outage of ten, and then a refusal. */
  @Test
  @Tag("slow")
  void playsTroubleThatCameLate() throws Exception {
    Recording recording = new Recording(scenario(), "Mine");
    for (int i = 0; i < 2_400; i++) {
      int status = i < 2_000 || i >= 2_030 ? 200 : i < 2_010 ? 503 : i < 2_025 ? 200 : 422;
      String body = status == 200 ? "{\"status\":\"accepted\",\"batch\":%d}".formatted(i) : "{}";
      recording.add("POST", DISPATCH, status, Map.of(), body, i % 7);
      recording.add("GET", "/api/v1/npc/greeting", 200, Map.of(), "{}", 1);
    }
    assertThat(recording.end().toString()).contains("4800 answers of 2 paths, 23 without those");
    Path report = folder.resolve("r");
    Run run = Run.of("scenarios", scenario().toString(), "--report", report.toString());
    assertThat(run.out())
        .contains("1 of 1 as expected", "recorded: (22 of 23 mappings answered a request)")
        .contains("recorded: (nothing asked GET /api/v1/npc/greeting, so it was not played)")
        .containsPattern("answered as a healthy service does: GET /api/v1/actions/pending, \\d+");
    assertThat(report.resolve("report.html"))
        .content()
        .contains("503", "422", "outage", "22 of 23");
    assertThat(report.resolve("junit.xml")).content().contains("<system-out>22 of 23 mappings");
  }

  @Test
  void keepsTheTimesThatAReplayNeeds() throws Exception {
    Recording recording = new Recording(scenario(), "Mine");
    recording.add("POST", DISPATCH, 503, Map.of("Retry-After", "20"), "", 3);
    recording.addNone("POST", DISPATCH, 9_000);
    recording.end();
    AiServiceScenario read = AiServiceScenario.fromDirectory(scenario());
    assertThat(Plan.of(read.about()).lasts())
        .isBetween(Duration.ofSeconds(39), Duration.ofMinutes(1));
    assertThat(Plan.of(read.about()).settings()).containsEntry("ai_service.timeout_read", "30000");
    assertThat(Expectations.of(read.about()).patience()).isEqualTo(Duration.ofSeconds(35));
  }

  @Test
  void makesOfADateInRetryAfterTheSecondsThatAreLeft() throws Exception {
    try (FakeAiService real = FakeAiService.start("maintenance");
        RecordingProxy proxy = proxy(real)) {
      get(proxy.baseUrl() + "/api/v1/actions/pending");
    }
    assertThat(Run.textsIn(scenario())).containsPattern("\"Retry-After\" : \"[1-4]\"");
  }

  @Test
  void tellsEachRequestAndLeavesNoFolderWhereNothingWasAsked() throws Exception {
    Recording recording = new Recording(scenario(), "Mine");
    try (FakeAiService real = FakeAiService.start("flapping");
        RecordingProxy proxy =
            new RecordingProxy(0, URI.create(real.baseUrl()), recording, lines::add)) {
      assertThat(recording.end()).containsExactly("Nothing was asked, so nothing is recorded.");
      assertThat(scenario()).doesNotExist();
      dispatches(proxy.baseUrl());
    }
    assertThat(lines.get(0))
        .containsPattern("^[0-9:]{8} POST .*/dispatch \\(1 events\\) -> 200, \\d+ ms");
    assertThat(lines.get(4)).contains("-> no answer");
    assertThat(scenario().resolve("mappings/recorded.json")).exists();
  }

  @Test
  void neverOverwritesAScenario() throws IOException {
    Files.createDirectories(scenario().resolve("mappings"));
    assertThatThrownBy(() -> new Recording(scenario(), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(scenario() + " has a scenario already");
  }

  @Test
  void masksTheSameValueAlikeAndLeavesTextOut() {
    Mask mask = new Mask();
    assertThat(mask.answer("{\"player_id\":9,\"other\":{\"player_id\":9},\"map\":\"prontera\"}"))
        .isEqualTo("{\"player_id\":150001,\"other\":{\"player_id\":150001},\"map\":\"prontera\"}");
    assertThat(mask.answer("[{\"input\":{\"n\":1},\"loc\":[\"body\",0]}]"))
        .isEqualTo("[{\"input\":{\"n\":150002},\"loc\":[\"body\",0]}]");
    assertThat(mask.answer("<p>Hubert</p>"))
        .isEqualTo("(13 characters that are not a JSON object)");
    assertThat(mask.answer("")).isEmpty();
  }

  private RecordingProxy proxy(FakeAiService real) throws IOException {
    return new RecordingProxy(
        0, URI.create(real.baseUrl()), new Recording(scenario(), "Mine"), lines::add);
  }

  private Path scenario() {
    return folder.resolve("recorded");
  }

  private List<Object> dispatches(String baseUrl) throws InterruptedException {
    List<Object> outcomes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(baseUrl + DISPATCH))
              .header("X-API-Key", "top-secret")
              .POST(
                  BodyPublishers.ofString(
                      "{\"events\":[{\"event_id\":\"s:%d\",\"who\":\"Idun\"}]}".formatted(i)))
              .build();
      try {
        outcomes.add(client.send(request, BodyHandlers.ofString()).statusCode());
      } catch (IOException e) {
        outcomes.add("broken");
      }
    }
    return outcomes;
  }

  private String get(String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }
}
