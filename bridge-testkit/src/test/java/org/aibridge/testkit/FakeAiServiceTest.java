package org.aibridge.testkit;

import static org.aibridge.testkit.Client.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class FakeAiServiceTest {
  private final FakeAiService service = FakeAiService.start("healthy");
  private final Client client = new Client(service);

  @AfterEach
  void closeService() {
    service.close();
  }

  @Test
  void switchesOnTheSamePort() throws IOException {
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
    service.switchTo("down");
    assertThat(client.dispatch(event("s:2")).statusCode()).isEqualTo(503);
    service.switchTo("refusing");
    assertThatThrownBy(() -> new Client(service).dispatch(event("s:3")))
        .isInstanceOf(ConnectException.class);
    service.switchTo("healthy");
    assertThat(client.dispatch(event("s:4")).statusCode()).isEqualTo(200);
    assertThat(service.receivedEventIds()).containsExactly("s:1", "s:4");
  }

  @Test
  void keepsTheOldScenarioWhenTheNewOneIsUnknown() throws IOException {
    assertThatThrownBy(() -> service.switchTo("sunny"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(service.scenario().name()).isEqualTo("healthy");
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
  }

  @Test
  void showsNoHalfLoadedScenarioToClientsThatAreConnectedDuringASwitch() {
    AtomicBoolean stop = new AtomicBoolean();
    List<CompletableFuture<Set<Integer>>> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(
          CompletableFuture.supplyAsync(() -> statusesUntil(stop), r -> new Thread(r).start()));
    }
    for (int i = 0; i < 300; i++) {
      service.switchTo(i % 2 == 0 ? "down" : "healthy");
    }
    stop.set(true);
    for (CompletableFuture<Set<Integer>> seen : clients) {
      assertThat(seen.join()).isNotEmpty().isSubsetOf(200, 503);
    }
  }

  /** Health is the mapping that is loaded last: 404 would be a half-loaded scenario. */
  private Set<Integer> statusesUntil(AtomicBoolean stop) {
    Set<Integer> statuses = new TreeSet<>();
    while (!stop.get()) {
      try {
        statuses.add(client.health().statusCode());
      } catch (IOException e) {
        throw new CompletionException(e);
      }
    }
    return statuses;
  }

  @Test
  void beginsAScenarioAnewWheneverItIsSwitchedTo() throws IOException {
    service.switchTo("rate-limited");
    client.dispatch(event("s:1"));
    client.dispatch(event("s:1"));
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(200);
    service.switchTo("rate-limited");
    assertThat(client.dispatch(event("s:1")).statusCode()).isEqualTo(429);
  }

  @Test
  void comesBackOnTheSamePortAfterItWasKilled() throws IOException {
    String url = service.baseUrl();
    for (int i = 0; i < 5; i++) {
      service.stop();
      assertThatThrownBy(client::health).isInstanceOf(ConnectException.class);
      service.restart();
      assertThat(client.dispatch(event("s:" + i)).statusCode()).isEqualTo(200);
    }
    assertThat(service.baseUrl()).isEqualTo(url);
    assertThat(service.receivedEventIds()).containsExactly("s:0", "s:1", "s:2", "s:3", "s:4");
  }

  @Test
  void staysStoppedThroughASwitchUntilItIsRestarted() throws IOException {
    service.stop();
    service.switchTo("down");
    assertThatThrownBy(client::health).isInstanceOf(ConnectException.class);
    service.restart();
    assertThat(client.health().statusCode()).isEqualTo(503);
  }

  @Test
  void breaksRequestsInFlightWhenItIsKilled() throws Exception {
    service.switchTo("hanging");
    CompletableFuture<HttpResponse<String>> inFlight = dispatchInBackground("s:1");
    awaitRequests(1);
    service.stop();
    assertThatThrownBy(() -> inFlight.get(5, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(IOException.class);
    assertThat(service.receivedEvents())
        .singleElement()
        .satisfies(event -> assertThat(event.status()).isZero());
  }

  @Test
  void neverCountsAnAnswerThatItsDeathCutOff() throws Exception {
    service.switchTo(answersAfter(3000));
    CompletableFuture<HttpResponse<String>> inFlight = dispatchInBackground("s:1");
    awaitRequests(1);
    service.restart();
    assertThatThrownBy(inFlight::join).isInstanceOf(CompletionException.class);
    client.dispatch(event("s:2")); // is over later than the first would have been
    assertThat(service.receivedEventIds()).containsExactly("s:2");
  }

  private static AiServiceScenario answersAfter(int delayMs) {
    String mapping = "{\"request\":{},\"response\":{\"fixedDelayMilliseconds\":" + delayMs + "}}";
    return new AiServiceScenario(
        "late", JsonText.parse("{}", "about"), List.of(JsonText.parse(mapping, "mapping")));
  }

  @Test
  void leavesNoThreadBehind() throws Exception {
    try (FakeAiService other = FakeAiService.start("hanging")) {
      dispatchInBackground(new Client(other), "s:1");
      awaitRequests(other, 1);
    }
    service.close();
    for (Thread thread : serverThreads()) {
      thread.join(5_000);
    }
    assertThat(serverThreads()).isEmpty();
  }

  private static List<Thread> serverThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("qtp") || t.getName().startsWith("pool-"))
        .toList();
  }

  @Test
  void remembersKeyStatusAndHeadersOfACompressedBatch() throws IOException {
    client.dispatchGzip("batch-7", event("s:1"), event("s:2"));
    ReceivedRequest request = service.dispatchRequests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.header("content-encoding")).contains("gzip");
    assertThat(request.body()).isEqualTo(Client.batch(event("s:1"), event("s:2")));
    assertThat(service.receivedEvents())
        .extracting(ReceivedEvent::eventId, ReceivedEvent::idempotencyKey, ReceivedEvent::status)
        .containsExactly(tuple("s:1", "batch-7", 200), tuple("s:2", "batch-7", 200));
  }

  @Test
  void showsAnEventTwiceThatWasTakenTwice() throws IOException {
    client.dispatch(event("s:1"));
    client.dispatch(event("s:1"));
    assertThat(service.receivedEventIds()).containsExactly("s:1", "s:1");
  }

  @Test
  void tellsPathAndQueryApart() throws IOException {
    client.pending("?limit=3&wait_ms=0");
    ReceivedRequest poll = service.requests().get(0);
    assertThat(poll.path()).isEqualTo(Endpoints.PENDING);
    assertThat(poll.query()).isEqualTo("limit=3&wait_ms=0");
  }

  @Test
  void survivesARequestThatIsNotJson() throws IOException {
    client.send(client.dispatchRequest("not json"));
    assertThat(service.dispatchRequests()).hasSize(1);
    assertThat(service.receivedEvents()).isEmpty();
  }

  @Test
  void answers404OutsideTheProtocol() throws IOException {
    assertThat(client.pending("/nothing/here").statusCode()).isEqualTo(404);
  }

  @Test
  void forgetsTheOldestRequestsOfABoundedJournal() throws IOException {
    AiServiceOptions two = AiServiceOptions.DEFAULT.withJournalLimit(2);
    try (FakeAiService bounded = FakeAiService.start(AiServiceScenario.named("healthy"), two)) {
      Client to = new Client(bounded);
      for (String id : List.of("s:1", "s:2", "s:3")) {
        to.dispatch(event(id));
      }
      assertThat(bounded.receivedEventIds()).containsExactly("s:2", "s:3");
      bounded.forgetRequests();
      assertThat(bounded.requests()).isEmpty();
    }
  }

  @Test
  void saysThatThePortIsTaken() {
    AiServiceOptions samePort = AiServiceOptions.DEFAULT.withPort(service.port());
    AiServiceScenario healthy = AiServiceScenario.named("healthy");
    assertThatThrownBy(() -> FakeAiService.start(healthy, samePort))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("port " + service.port() + " is taken");
  }

  @Test
  void closesTwiceAndDoesNotRestartAfterwards() {
    service.close();
    service.close();
    assertThatThrownBy(service::restart).isInstanceOf(IllegalStateException.class);
  }

  private CompletableFuture<HttpResponse<String>> dispatchInBackground(String id) {
    return dispatchInBackground(client, id);
  }

  private static CompletableFuture<HttpResponse<String>> dispatchInBackground(
      Client client, String id) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return client.dispatch(event(id));
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
  }

  private void awaitRequests(int count) throws InterruptedException {
    awaitRequests(service, count);
  }

  private static void awaitRequests(FakeAiService service, int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (service.requests().size() < count && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertThat(service.requests()).hasSize(count);
  }
}
