package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoverageTest {
  private static final String DISPATCH = "/api/v1/events/dispatch";

  @TempDir Path folder;
  private FakeAiService service;
  private Coverage coverage;

  /** 200, 503, none, 200 to dispatch; one 500 to results; nothing else was asked. */
  @BeforeEach
  void start() throws IOException {
    Recording recording = new Recording(folder.resolve("mine"), "Mine");
    recording.add("POST", DISPATCH, 200, Map.of(), "{}", 0);
    recording.add("POST", DISPATCH, 503, Map.of(), "{}", 0);
    recording.addNone("POST", DISPATCH, 0);
    recording.add("POST", DISPATCH, 200, Map.of(), "{}", 0);
    recording.add("POST", "/api/v1/actions/complete", 500, Map.of(), "{}", 0);
    AiServiceScenario scenario = AiServiceScenario.fromDirectory(folder.resolve("mine"));
    service = FakeAiService.start(scenario);
    coverage = new Coverage(scenario);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void isWholeOnceAllWithinReachHaveAnsweredAndNothingNewComes() {
    for (int i = 0; i < 3; i++) {
      ask("POST", DISPATCH);
    }
    look(0);
    assertThat(coverage.isWhole(60_000)).isFalse();
    assertThat(coverage.missing())
        .containsExactly(
            "1 of 5 mappings answered no request: POST /api/v1/events/dispatch: 4 (200)");
    ask("POST", DISPATCH);
    look(1_000);
    assertThat(coverage.isWhole(1_000 + Coverage.SETTLED_MS - 1)).isFalse();
    assertThat(coverage.isWhole(1_000 + Coverage.SETTLED_MS)).isTrue();
    assertThat(coverage.missing()).isEmpty();
    assertThat(coverage.notes(true))
        .containsExactly(
            "4 of 5 mappings answered a request",
            "nothing asked POST /api/v1/actions/complete, so it was not played");
  }

  @Test
  void isNeverWholeWhereNothingOfItAnswered() {
    ask("GET", "/api/v1/actions/pending");
    look(0);
    assertThat(coverage.isWhole(60_000)).isFalse();
    assertThat(coverage.missing()).containsExactly("no mapping of it answered a request");
  }

  @Test
  void namesWhatAStandInOrNoMappingAnswered() {
    ask("GET", "/api/v1/actions/pending");
    ask("GET", "/api/v1/actions/pending");
    ask("GET", "/api/v1/elsewhere");
    look(0);
    assertThat(coverage.notes(false))
        .containsExactly(
            "not recorded, so answered as a healthy service does: GET /api/v1/actions/pending, 2"
                + " times",
            "no mapping for GET /api/v1/elsewhere, so answered with 404: once");
  }

  private void look(long nowMs) {
    coverage.look(List.copyOf(service.requests()), nowMs);
  }

  private void ask(String method, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.baseUrl() + path))
            .method(method, BodyPublishers.noBody())
            .build();
    try {
      HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      // What has no answer is noted as any other.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
