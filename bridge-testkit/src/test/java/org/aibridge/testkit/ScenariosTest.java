package org.aibridge.testkit;

import static org.aibridge.testkit.Client.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees of each scenario. */
@Tag("slow")
class ScenariosTest {
  private static final String POISON = "{\"poison\":true}";

  private FakeAiService service;
  private Client client;

  @AfterEach
  void closeService() {
    service.close();
  }

  private void start(String scenario) {
    service = FakeAiService.start(scenario);
    client = new Client(service);
  }

  @Test
  void healthyAnswersEveryEndpoint() throws IOException {
    start("healthy");
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
    assertThat(client.pending("").body()).isEqualTo("{\"actions\":[]}");
    assertThat(client.complete("a").statusCode()).isEqualTo(200);
    assertThat(json(client.health()).path("status").asText()).isEqualTo("healthy");
    assertThat(service.receivedEventIds()).containsExactly("s:1");
  }

  @Test
  void slowTakesTwoSecondsAndCountsTheEventOnlyThen() throws IOException {
    start("slow");
    long before = System.nanoTime();
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
    Duration took = Duration.ofNanos(System.nanoTime() - before);
    assertThat(took).isBetween(Duration.ofMillis(2000), Duration.ofSeconds(15));
    assertThat(service.receivedEventIds()).containsExactly("s:1");
  }

  @Test
  void hangingAcceptsAndDoesNotAnswer() {
    start("hanging");
    var hurried =
        client.dispatchRequest(Client.batch(event("s:1"))).timeout(Duration.ofMillis(900));
    assertThatThrownBy(() -> client.send(hurried)).isInstanceOf(HttpTimeoutException.class);
    for (int i = 0; i < 1000 && service.dispatchRequests().isEmpty(); i++) {
      LockSupport.parkNanos(10_000_000); // It is noted as the connection's thread comes to it.
    }
    assertThat(service.dispatchRequests()).hasSize(1);
    assertThat(service.dispatchRequests().get(0).status()).isZero();
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @Test
  void hangingWaitsLongerThanAMinuteEverywhere() {
    start("hanging");
    assertThat(service.scenario().stubs(0))
        .hasSize(4)
        .allSatisfy(
            stub ->
                assertThat(stub.getResponse().getFixedDelayMilliseconds()).isGreaterThan(60_000));
  }

  @Test
  void downAnswers503WithoutRetryAfterEverywhere() throws IOException {
    start("down");
    assertThat(allEndpoints()).containsOnly(503);
    assertThat(client.dispatch(event("s:1")).headers().firstValue("Retry-After")).isEmpty();
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @Test
  void refusingLetsNobodyConnect() {
    start("refusing");
    assertThatThrownBy(() -> client.health()).isInstanceOf(ConnectException.class);
    assertThat(service.requests()).isEmpty();
  }

  @Test
  void flappingGoesRoundTwoAnswersTwoErrorsAndAReset() {
    start("flapping");
    List<Object> seen = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      seen.add(outcome("s:" + i));
    }
    assertThat(seen).containsExactly(200, 200, 500, 500, "broken", 200, 200, 500, 500, "broken");
    assertThat(service.receivedEventIds()).containsExactly("s:0", "s:1", "s:5", "s:6");
  }

  @Test
  void flappingCountsEachEndpointForItself() throws IOException {
    start("flapping");
    client.dispatch(event("s:1"));
    client.dispatch(event("s:2"));
    assertThat(client.dispatch(event("s:3")).statusCode()).isEqualTo(500);
    assertThat(client.pending("").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"unauthorized, 401", "forbidden, 403", "no-credits, 402"})
  void refusesOurCredentialsButStaysHealthy(String scenario, int status) throws IOException {
    start(scenario);
    assertThat(allEndpoints()).containsExactly(status, status, status, 200);
  }

  @Test
  void tooLargeAnswers413OverTheLimitOnly() throws IOException {
    start("too-large");
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
    assertThat(client.dispatch(event("s:2", padding(4096))).statusCode()).isEqualTo(413);
    assertThat(service.receivedEventIds()).containsExactly("s:1");
  }

  @Test
  void tooLargeDrawsTheLineAfter4096Characters() throws IOException {
    start("too-large");
    int rest = Client.batch(event("s:1", padding(0))).length();
    assertThat(client.dispatch(event("s:1", padding(4096 - rest))).statusCode()).isEqualTo(200);
    assertThat(client.dispatch(event("s:1", padding(4097 - rest))).statusCode()).isEqualTo(413);
  }

  @Test
  void tooLargeCountsACompressedBodyDecompressed() throws IOException {
    start("too-large");
    assertThat(client.dispatchGzip("k", event("s:1")).statusCode()).isEqualTo(200);
    assertThat(client.dispatchGzip("k", event("s:2", padding(4096))).statusCode()).isEqualTo(413);
  }

  @Test
  void poisonRefusesTheWholeBatchOfAPoisonedEvent() throws IOException {
    start("poison");
    assertThat(client.dispatch(event("s:1"), event("s:2", POISON)).statusCode()).isEqualTo(422);
    assertThat(client.dispatchGzip("k", event("s:2", POISON)).statusCode()).isEqualTo(422);
    assertThat(client.dispatch(event("s:1"), event("s:3")).statusCode()).isEqualTo(200);
    assertThat(service.receivedEventIds()).containsExactly("s:1", "s:3");
  }

  @Test
  void rejectedNamesThePoisonedEventsAndTakesTheOthers() throws IOException {
    start("rejected");
    HttpResponse<String> answer =
        client.dispatch(event("s:1"), event("s:2", POISON), event("s:3"), event("s:4", POISON));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).path("rejected").findValuesAsText("event_id"))
        .containsExactly("s:2", "s:4");
    assertThat(json(answer).path("rejected").findValuesAsText("error"))
        .containsExactly("poisoned payload", "poisoned payload");
    assertThat(service.receivedEventIds()).containsExactly("s:1", "s:3");
  }

  @Test
  void rejectedNamesNobodyInACleanBatch() throws IOException {
    start("rejected");
    assertThat(json(client.dispatch(event("s:1"))).path("rejected")).isEmpty();
  }

  @Test
  void rejectedIdsNamesThePoisonedEventsByTheirIdsAlone() throws IOException {
    start("rejected-ids");
    HttpResponse<String> answer = client.dispatch(event("s:1"), event("s:2", POISON));
    assertThat(json(answer).toString()).isEqualTo("{\"rejected\":[\"s:2\"]}");
    assertThat(service.receivedEventIds()).containsExactly("s:1");
  }

  @ParameterizedTest
  @CsvSource({"plain-text, 'OK'", "unsuccessful, '{\"success\":false'"})
  void answers200AndTakesNothing(String scenario, String begin) throws IOException {
    start(scenario);
    HttpResponse<String> answer = client.dispatch(event("s:1"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith(begin);
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @Test
  void tooEarlyTakesTheThirdTry() throws IOException {
    start("too-early");
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(425);
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(425);
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
  }

  @Test
  void oddRetryAfterGivesHalvesOfSeconds() throws IOException {
    start("odd-retry-after");
    HttpResponse<String> refusal = client.dispatch(event("s:1"));
    assertThat(refusal.statusCode()).isEqualTo(429);
    assertThat(refusal.headers().firstValue("Retry-After")).hasValue("1.5");
  }

  @Test
  void rateLimitedTellsToWaitTwiceThenAnswers() throws IOException {
    start("rate-limited");
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> refusal = client.dispatch(event("s:1"));
      assertThat(refusal.statusCode()).isEqualTo(429);
      assertThat(refusal.headers().firstValue("Retry-After")).contains("2");
    }
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
    assertThat(client.dispatch(event("s:2")).statusCode()).isEqualTo(200);
  }

  @Test
  void maintenanceGivesADateAShortWhileAhead() throws IOException {
    start("maintenance");
    Instant before = Instant.now();
    HttpResponse<String> answer = client.dispatch(event("s:1"));
    Instant until =
        ZonedDateTime.parse(
                answer.headers().firstValue("Retry-After").orElseThrow(),
                DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant();
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(until).isBetween(before.plusSeconds(2), Instant.now().plusSeconds(3));
  }

  @Test
  void garbageIsAPageAndThenJsonThatBreaksOff() throws IOException {
    start("garbage");
    HttpResponse<String> page = client.dispatch(event("s:1"));
    HttpResponse<String> broken = client.dispatch(event("s:1"));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).startsWith("<!doctype html>");
    assertThat(broken.statusCode()).isEqualTo(200);
    assertThat(JsonText.parseOrMissing(broken.body().getBytes()).isMissingNode()).isTrue();
    assertThat(service.receivedEvents()).hasSize(2);
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "reset", "empty"})
  void breaksEveryAnswer(String scenario) {
    start(scenario);
    List<Object> seen = List.of(outcome("s:1"), outcome("s:2"), outcome("s:3"));
    assertThat(seen).containsExactly("broken", "broken", "broken");
    assertThat(service.dispatchRequests()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @Test
  void redirectPointsElsewhereAndSeesWhoFollows() throws IOException {
    start("redirect");
    HttpResponse<String> answer = client.dispatch(event("s:1"));
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).contains("/elsewhere" + Endpoints.DISPATCH);
    assertThat(service.requests())
        .extracting(ReceivedRequest::path)
        .containsOnly(Endpoints.DISPATCH);
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @Test
  void actionFeedOffersEveryTypeUntilItIsComplete() throws IOException {
    start("action-feed");
    Map<String, String> offered = offered();
    assertThat(offered.values())
        .containsExactly(
            "spawn_monster",
            "spawn_npc",
            "remove_npc",
            "move_npc",
            "give_reward",
            "broadcast",
            "create_quest",
            "set_map_flag",
            "update_economy");
    assertThat(offered()).isEqualTo(offered);

    String first = offered.keySet().iterator().next();
    client.complete(first);
    assertThat(offered()).hasSize(8).doesNotContainKey(first);
  }

  @Test
  void rateLimitedLongNeverTellsHowLong() throws IOException {
    start("rate-limited-long");
    for (int i = 0; i < 4; i++) {
      HttpResponse<String> refusal = client.dispatch(event("s:1"));
      assertThat(refusal.statusCode()).isEqualTo(429);
      assertThat(refusal.headers().firstValue("Retry-After")).isEmpty();
    }
  }

  @Test
  void dripTakesTwoSecondsOverAWholeAnswer() throws IOException {
    start("drip");
    long before = System.nanoTime();
    assertThat(json(client.dispatch(event("s:1"))).path("status").asText()).isEqualTo("accepted");
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(15));
    assertThat(service.receivedEventIds()).containsExactly("s:1");
  }

  @Test
  void latin1IsNoUtf8AndSoTakesNothing() throws IOException {
    start("latin1");
    HttpResponse<String> answer = client.dispatch(event("s:1"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"status\":\"größer\"}"); // as its charset says
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @Test
  void twoContentsHasOneIdMeanTwoThings() throws IOException {
    start("two-contents");
    JsonNode first = json(client.pending("")).path("actions").path(0);
    JsonNode second = json(client.pending("")).path("actions").path(0);
    assertThat(first.path("action_id")).isEqualTo(second.path("action_id"));
    assertThat(first.path("payload")).isNotEqualTo(second.path("payload"));
  }

  @Test
  void forgetfulOffersWhatWasReported() throws IOException {
    start("forgetful");
    Map<String, String> offered = offered();
    client.complete(offered.keySet().iterator().next());
    assertThat(offered()).isEqualTo(offered);
  }

  @Test
  void offeredTwiceHasEachActionTwiceInOneAnswer() throws IOException {
    start("offered-twice");
    JsonNode actions = json(client.pending("")).path("actions");
    assertThat(actions.findValuesAsText("action_id"))
        .containsExactly("both-1", "both-2", "both-1", "both-2");
    assertThat(actions.path(0)).isEqualTo(actions.path(2));
    assertThat(actions.path(0)).asString().isNotEqualTo(actions.path(2).toString());
  }

  @Test
  void answeredTwiceTakesEverySecondBatch() throws IOException {
    start("answered-twice");
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
    assertThat(client.dispatch(event("s:2")).statusCode()).isEqualTo(503);
    assertThat(client.dispatch(event("s:2")).statusCode()).isEqualTo(200);
    assertThat(service.receivedEventIds()).containsExactly("s:1", "s:2");
  }

  private Map<String, String> offered() throws IOException {
    Map<String, String> types = new LinkedHashMap<>();
    json(client.pending(""))
        .path("actions")
        .forEach(a -> types.put(a.path("action_id").asText(), a.path("action_type").asText()));
    return types;
  }

  private List<Integer> allEndpoints() throws IOException {
    return List.of(
        client.dispatch(event("s:1")).statusCode(),
        client.pending("").statusCode(),
        client.complete("a").statusCode(),
        client.health().statusCode());
  }

  private Object outcome(String eventId) {
    try {
      return client.dispatch(event(eventId)).statusCode();
    } catch (IOException e) {
      return "broken";
    }
  }

  private static String padding(int characters) {
    return "{\"text\":\"" + "x".repeat(characters) + "\"}";
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonText.parse(answer.body(), "the answer");
  }
}
