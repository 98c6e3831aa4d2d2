package org.aibridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The AI service of {@code docs/ai-service.md}, run as its reader runs it. */
@Tag("slow")
@Timeout(180)
class PythonServiceTest {
  private static final Path PROGRAM = Path.of("python/ai_service.py").toAbsolutePath();
  private static final String DISPATCH = "/api/v1/events/dispatch";
  private static final String PENDING = "/api/v1/actions/pending";
  private static final String NONE = "{\"max_results\": 100, \"actions\": []}";
  private static final String BATCH =
      "{\"events\":[{\"event_id\":\"s:1\",\"event_type\":\"mvp_kill\",\"player_id\":5}]}";

  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private Process service;
  private String url;

  @BeforeEach
  void needsPython() {
    Needs.program("python3", "python3");
  }

  @AfterEach
  void kill() throws InterruptedException {
    if (service != null) {
      service.destroyForcibly().waitFor();
    }
  }

  @Test
  void appliesEachDecisionOnceHoweverOftenTheServiceIsKilled() throws Exception {
    Queue<String> applied = new ConcurrentLinkedQueue<>();
    start(0);
    try (AiBridge bridge = bridge(applied)) {
      for (int player = 1; player <= 30; player++) {
        assertThat(bridge.publish(GameEvent.mvpKill(player, "prt_fild08", 1038))).isTrue();
        if (player % 10 == 0) { // It has decisions in its hands, and some whose result it awaits.
          int before = player - 10;
          await(bridge, () -> applied.size() > before);
          kill();
          start(URI.create(url).getPort());
        }
      }
      await(
          bridge,
          () ->
              applied.size() >= 30
                  && bridge.status().actions().unreported() == 0
                  && bridge.status().events().waiting() == 0);
      assertThat(bridge.status().events().deadLettered()).isZero();
    }

    assertThat(applied)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 30)
                .mapToObj("Player %d has slain a boss!"::formatted)
                .toList());
    assertThat(get(PENDING).body()).isEqualTo(NONE);
  }

  @Test
  void decidesOnceOfAnEventThatComesTwiceAlsoAfterAKill() throws Exception {
    start(0);
    CompletableFuture<HttpResponse<String>> poll =
        client.sendAsync(
            request(PENDING + "?wait_ms=30000").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(post(DISPATCH, BATCH).statusCode()).isEqualTo(200);
    assertThat(poll.get(20, TimeUnit.SECONDS).body()).contains("\"action_id\": \"s:1/0\"");

    kill();
    start(0);
    assertThat(post(DISPATCH, BATCH).statusCode()).isEqualTo(200);
    assertThat(get(PENDING + "?wait_ms=20000").body()).containsOnlyOnce("action_id");
    assertThat(
            post("/api/v1/actions/complete", "[{\"action_id\":\"s:1/0\",\"status\":\"failed\"}]")
                .statusCode())
        .isEqualTo(200);

    kill();
    start(0);
    assertThat(post(DISPATCH, BATCH).statusCode()).isEqualTo(200);
    assertThat(get(PENDING + "?wait_ms=100").body()).isEqualTo(NONE);
    assertThat(get("/api/v1/health").body()).isEqualTo("{\"status\": \"healthy\"}");
  }

  /** Of a thousand events, the model would take a quarter of an hour. */
  @Test
  void givesOutWhatASlowModelHasDecidedWhileItDecidesMore() throws Exception {
    String text = Files.readString(PROGRAM);
    Path slow = folder.resolve("slow.py");
    Files.writeString(
        slow, text.replace("def decide(event):", "def decide(event):\n    time.sleep(1)"));
    start(slow, 0);
    String events =
        IntStream.range(0, 1000)
            .mapToObj(i -> BATCH.replace("s:1", "s:" + i).replaceAll("^.*\\[|\\].*$", ""))
            .collect(Collectors.joining(",", "{\"events\":[", "]}"));
    assertThat(post(DISPATCH, events).statusCode()).isEqualTo(200);
    assertThat(get(PENDING + "?wait_ms=25000").body()).contains("\"action_id\": \"s:0/0\"");
  }

  @Test
  void refusesWhatItCannotReadAndGoesOn() throws Exception {
    start(0);
    for (String wrong : List.of("", "{", "[]", "{\"events\":[7]}", "{\"events\":7}")) {
      assertThat(post(DISPATCH, wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(post(DISPATCH, BATCH).statusCode()).isEqualTo(200);
  }

  /** As a bridge does that is killed, or that closes while a poll of its is held. */
  @Test
  void saysNothingOfConnectionsThatAreClosed() throws Exception {
    start(0);
    byte[] poll =
        ("GET " + PENDING + "?wait_ms=200 HTTP/1.1\r\nHost: x\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
        socket.setSoLinger(true, 0); // Which resets the connection.
        socket.getOutputStream().write(poll);
        if (i % 2 == 0) {
          assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
      }
    }
    assertThat(get(PENDING + "?wait_ms=500").body()).as("after those polls").isEqualTo(NONE);

    service.destroy();
    service.waitFor();
    assertThat(folder.resolve("err")).isEmptyFile();
  }

  @Test
  void isReadInOneGo() throws IOException {
    assertThat(Files.readAllLines(PROGRAM)).hasSizeLessThanOrEqualTo(150);
  }

  private AiBridge bridge(Queue<String> applied) {
    return AiBridge.withoutFile()
        .set("ai_service.base_url", url)
        .set("event_dispatcher.batch_interval", 20)
        .set("journal.path", folder.resolve("journal"))
        .set("journal.reserve_mb", 1)
        .set("event_dispatcher.dlq_path", folder.resolve("letters"))
        .set("action_executor.ledger_path", folder.resolve("actions"))
        .set("action_limits.broadcast.per_minute", 100)
        .set("circuit_breaker.timeout", 2_000)
        .set("http_pool.retry_delay", 250)
        .on(
            Broadcast.class,
            action -> {
              applied.add(action.message());
              return ActionReply.done();
            })
        .start();
  }

  private static void await(AiBridge bridge, BooleanSupplier done) throws InterruptedException {
    while (!done.getAsBoolean()) {
      bridge.tick();
      Thread.sleep(10);
    }
  }

  /** Starts the service over what it wrote down before. */
  private void start(int port) throws IOException {
    start(PROGRAM, port);
  }

  private void start(Path program, int port) throws IOException {
    service =
        new ProcessBuilder("python3", program.toString(), "--port", "" + port, "--db", "service.db")
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    BufferedReader out = service.inputReader();
    String line = out.readLine();
    assertThat(line).as(Files.readString(folder.resolve("err"))).contains("listening on http://");
    url = line.substring(line.indexOf("http://"));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(60));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        request(path).POST(BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
