package org.aibridge.testkit;

import static org.aibridge.testkit.Client.event;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a tester does to a running service with curl. */
class AdminRoutesTest {
  private FakeAiService service;
  private Client client;

  @BeforeEach
  void start() {
    service = FakeAiService.start("healthy");
    client = new Client(service);
  }

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void switchesTheScenario() throws IOException {
    assertThat(client.admin("/switch", "down\n").statusCode()).isEqualTo(200);
    assertThat(client.health().statusCode()).isEqualTo(503);
  }

  @Test
  void refusesAScenarioFromWhichNothingWouldSwitchBack() throws IOException {
    HttpResponse<String> answer = client.admin("/switch", "refusing");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).startsWith("in \"refusing\" nothing listens");
    assertThat(client.admin("/switch", "sunny").body())
        .startsWith("no scenario \"sunny\"; there are");
    assertThat(client.health().statusCode()).isEqualTo(200);
  }

  @Test
  void offersActions() throws IOException {
    assertThat(client.admin("/actions", "{\"action_id\":\"a-1\"}").statusCode()).isEqualTo(200);
    assertThat(client.pending("").body()).contains("a-1");
    assertThat(client.admin("/actions", "{}").body())
        .startsWith("an action needs an \"action_id\"");
  }

  @Test
  void showsTheRequests() throws IOException {
    client.dispatch(event("s:1"));
    HttpResponse<String> requests = client.admin("/requests", "");
    assertThat(requests.statusCode()).isEqualTo(200);
    assertThat(requests.body()).contains(Endpoints.DISPATCH).contains("s:1");
  }

  @Test
  void answersAsBeforeOnceARecordingHasEnded() throws IOException {
    try (FakeAiService real = FakeAiService.start("forbidden")) {
      String target = "{\"targetBaseUrl\":\"" + real.baseUrl() + "\"}";
      assertThat(client.admin("/recordings/start", target).statusCode()).isEqualTo(200);
      assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(403);
      assertThat(client.admin("/recordings/stop", "{}").statusCode()).isEqualTo(200);
    }
    assertThat(client.health().statusCode()).isEqualTo(200);
  }
}
