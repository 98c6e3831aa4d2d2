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
import java.util.ArrayList;
import java.util.List;
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

  @TempDir Path folder;
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
    try (RecordingProxy proxy = new RecordingProxy(0, target, new Recording(scenario(), "Mine"))) {
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

  @Test
  @Tag("slow")
  void playsWhatWasRecorded() throws Exception {
    try (FakeAiService real = FakeAiService.start("flapping");
        RecordingProxy proxy = proxy(real)) {
      dispatches(proxy.baseUrl());
    }
    Run run =
        Run.of("scenarios", scenario().toString(), "--report", folder.resolve("r").toString());
    assertThat(run.out()).contains("1 of 1 as expected");
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
    return new RecordingProxy(0, URI.create(real.baseUrl()), new Recording(scenario(), "Mine"));
  }

  private Path scenario() {
    return folder.resolve("recorded");
  }

  private List<Object> dispatches(String baseUrl) throws InterruptedException {
    List<Object> outcomes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(baseUrl + "/api/v1/events/dispatch"))
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
