package org.aibridge.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptedServiceTest {
  private static final String BATCH =
      """
      {"events":[{"event_id":"s:7","player_id":150001,"payload":{"number":3,"filler":{"number":9}}},
      {"event_id":"s:8","payload":{"number":4}}]}""";

  @TempDir Path folder;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private ScriptedService service;

  @BeforeEach
  void start() {
    service = new ScriptedService(folder.resolve("commits.log"), 0);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void takesABatchAndWritesItDown() throws Exception {
    assertThat(dispatch("k").statusCode()).isEqualTo(200);

    assertThat(CommitLog.read(folder.resolve("commits.log")))
        .singleElement()
        .satisfies(
            commit -> {
              assertThat(commit.key()).isEqualTo("k");
              assertThat(commit.events())
                  .containsExactly(
                      new CommittedEvent("s:7", 3, 150_001), new CommittedEvent("s:8", 4, -1));
            });
  }

  @Test
  void tellsNothingWhenItResetsAfterTakingTheBatch() {
    service.script(Script.always(Behaviours.reset(true)));

    assertThatThrownBy(() -> dispatch("k")).isInstanceOf(IOException.class);
    assertThat(service.commits()).isNotEmpty();
  }

  @Test
  void takesNothingWhenItOnlySeemsTo() {
    service.script(Script.always(Behaviours.halfAnswer(false)));

    assertThatThrownBy(() -> dispatch("k")).isInstanceOf(IOException.class);
    assertThat(service.commits()).isEmpty();
  }

  @Test
  void failsTheFirstAttemptAtEachBatch() throws Exception {
    service.script(Script.always(Behaviours.failFirst()));

    assertThat(dispatch("k").statusCode()).isEqualTo(500);
    assertThat(dispatch("k").statusCode()).isEqualTo(200);
    assertThat(dispatch("l").statusCode()).isEqualTo(500);
    assertThat(Oracle.appliedOnceByKey(service.commits())).hasSize(2);
  }

  @Test
  void saysWhenToComeBack() throws Exception {
    service.script(Script.always(Behaviours.comeBack(429, "-5")));

    HttpResponse<String> answer = dispatch("k");

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).contains("-5");
    assertThat(service.commits()).isEmpty();
  }

  @Test
  void answersTwiceOnTheWire() throws Exception {
    service.script(Script.always(Behaviours.acknowledgeTwice()));

    assertThat(rawDispatch().split("HTTP/1.1 200", -1)).hasSize(3);
  }

  @Test
  void answersBeforeTheBatchHasCome() throws Exception {
    service.script(Script.always(Behaviours.acknowledgeEarly()));
    try (Socket socket = connect()) {
      socket.getOutputStream().write(head(BATCH.length()).getBytes(StandardCharsets.US_ASCII));

      assertThat((char) socket.getInputStream().read()).isEqualTo('H');
      assertThat(service.commits()).isEmpty();
    }
  }

  @Test
  void letsGoOfWhatItHolds() throws Exception {
    service.script(Script.always(Behaviours.neverAnswer()));
    var answer =
        client.sendAsync(request("k"), BodyHandlers.ofString()).handle((good, bad) -> bad != null);
    while (service.seen().isEmpty()) {
      Pause.millis(1);
    }
    while (!answer.isDone()) {
      service.releaseHeld();
      Pause.millis(1);
    }

    assertThat(answer.get()).isTrue();
  }

  @Test
  void offersAnActionUntilItIsReported() throws Exception {
    service.offer("action-5", "broadcast", "{\"message\":\"hello\"}");

    assertThat(get("/api/v1/actions/pending")).contains("action-5");
    client.send(
        HttpRequest.newBuilder(URI.create(service.baseUrl() + "/api/v1/actions/complete"))
            .POST(BodyPublishers.ofString("{\"action_id\":\"action-5\",\"status\":\"completed\"}"))
            .build(),
        BodyHandlers.ofString());

    assertThat(get("/api/v1/actions/pending")).isEqualTo("{\"actions\":[]}");
    assertThat(service.results()).hasSize(1);
  }

  private HttpResponse<String> dispatch(String key) throws IOException, InterruptedException {
    return client.send(request(key), BodyHandlers.ofString());
  }

  private HttpRequest request(String key) {
    return HttpRequest.newBuilder(URI.create(service.baseUrl() + ScriptedService.DISPATCH))
        .timeout(Duration.ofSeconds(20))
        .header("Idempotency-Key", key)
        .POST(BodyPublishers.ofString(BATCH))
        .build();
  }

  private String get(String path) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(service.baseUrl() + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private String rawDispatch() throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write((head(BATCH.length()) + BATCH).getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static String head(int length) {
    return "POST %s HTTP/1.1\r\nHost: h\r\nIdempotency-Key: k\r\nContent-Length: %d\r\n\r\n"
        .formatted(ScriptedService.DISPATCH, length);
  }

  private Socket connect() throws IOException, SocketException {
    URI base = URI.create(service.baseUrl());
    Socket socket = new Socket(base.getHost(), base.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }
}
