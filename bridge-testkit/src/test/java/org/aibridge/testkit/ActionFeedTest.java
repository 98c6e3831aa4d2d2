package org.aibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ActionFeedTest {
  private static final String BROADCAST =
      "{\"action_id\":\"%s\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hello\"}}";

  private final FakeAiService service = FakeAiService.start("healthy");
  private final Client client = new Client(service);

  @AfterEach
  void closeService() {
    service.close();
  }

  @Test
  void offersAnActionUntilItIsComplete() throws IOException {
    service.offerActions(broadcast("a"));
    service.offerActions("{\"actions\":[" + broadcast("b") + "," + broadcast("c") + "]}");
    service.offerActions("[" + broadcast("d") + "]");
    assertThat(poll("")).containsExactly("a", "b", "c", "d");
    client.complete("b");
    client.complete("d");
    assertThat(poll("")).containsExactly("a", "c");
    assertThat(service.results())
        .extracting(r -> r.path("action_id").asText())
        .containsExactly("b", "d");
  }

  @Test
  void offersAnActionAgainWhenItsResultWasNotAcknowledged() throws IOException {
    service.offerActions(broadcast("a"));
    service.switchTo("down");
    client.complete("a");
    service.switchTo("healthy");
    assertThat(poll("")).containsExactly("a");
    assertThat(service.resultRequests())
        .singleElement()
        .satisfies(r -> assertThat(r.isAcknowledged()).isFalse());
  }

  @Test
  void remembersActionsAndResultsThroughARestart() throws IOException {
    service.offerActions("[" + broadcast("a") + "," + broadcast("b") + "]");
    client.complete("a");
    service.restart();
    assertThat(poll("")).containsExactly("b");
  }

  @Test
  void offersACompleteActionAgainWhenAskedTo() throws IOException {
    service.offerActions(broadcast("a"));
    client.complete("a");
    assertThat(poll("")).isEmpty();
    service.offerActions(broadcast("a"));
    assertThat(poll("")).containsExactly("a");
  }

  @Test
  void keepsToTheLimit() throws IOException {
    service.offerActions("[" + broadcast("a") + "," + broadcast("b") + "]");
    assertThat(poll("?limit=1")).containsExactly("a");
  }

  @Test
  void holdsALongPollUntilThereIsAnAction() throws Exception {
    CompletableFuture<List<String>> held = pollInBackground("?wait_ms=15000");
    assertThatThrownBy(() -> held.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    service.offerActions(broadcast("a"));
    assertThat(held.get(5, TimeUnit.SECONDS)).containsExactly("a");
  }

  @Test
  void endsALongPollEmptyWhenItsTimeIsOver() throws IOException {
    long before = System.nanoTime();
    assertThat(poll("?wait_ms=300")).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(290), Duration.ofSeconds(10));
  }

  @Test
  void doesNotLetALongPollDelayItsEnd() {
    CompletableFuture<List<String>> held = pollInBackground("?wait_ms=15000");
    assertThatThrownBy(() -> held.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    long before = System.nanoTime();
    service.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void wantsAnIdOfEveryAction() {
    assertThatThrownBy(() -> service.offerActions("{\"action_type\":\"broadcast\"}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("action_id");
    assertThatThrownBy(() -> service.offerActions("{"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not JSON");
  }

  private static String broadcast(String id) {
    return BROADCAST.formatted(id);
  }

  private List<String> poll(String query) throws IOException {
    return JsonText.parse(client.pending(query).body(), "the answer")
        .path("actions")
        .findValuesAsText("action_id");
  }

  private CompletableFuture<List<String>> pollInBackground(String query) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return poll(query);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
  }
}
