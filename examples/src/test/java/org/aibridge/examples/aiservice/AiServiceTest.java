package org.aibridge.examples.aiservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import org.aibridge.fakeservice.OpenActions;
import org.aibridge.fakeservice.Requests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as the bridge meets it: a process behind a socket. */
@Tag("slow")
final class AiServiceTest {
  private static final String DISPATCH = "/api/v1/events/dispatch";
  private static final String COMPLETE = "/api/v1/actions/complete";

  @TempDir Path data;
  private ServiceProcess service;

  @BeforeEach
  void start() throws IOException {
    service = ServiceProcess.start(0, data);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void recordsEveryEventOfAnAcknowledgedBatchRepeatedOnesToo() throws Exception {
    service.dispatch("key-1", ServiceProcess.logins(1, 2));
    service.dispatch("key-1", ServiceProcess.logins(1, 2));
    service.dispatch("", "{\"events\":[{\"event_type\":\"daily_reset\"}]}");

    assertThat(Files.readAllLines(data.resolve("events.log")))
        .containsExactly(
            "s:1\tkey-1\tplayer_login",
            "s:2\tkey-1\tplayer_login",
            "s:1\tkey-1\tplayer_login",
            "s:2\tkey-1\tplayer_login",
            "-\t-\tdaily_reset");
    assertThat(service.get("/api/v1/health").path("events").asInt()).isEqualTo(5);
  }

  @Test
  void aRepeatedBatchIsNotThoughtAboutTwice() throws Exception {
    service.dispatch("k", ServiceProcess.logins(1, 29));
    service.dispatch("k", ServiceProcess.logins(1, 29));

    assertThat(service.pending("")).hasSize(1);
  }

  @Test
  void recordsAndIdsSurviveAKillAndAStartOnTheSamePort() throws Exception {
    service.dispatch("a", ServiceProcess.logins(1, 1));
    restart();
    service.dispatch("b", ServiceProcess.logins(2, 1));

    JsonNode health = service.get("/api/v1/health");
    assertThat(health.path("status").asText()).isEqualTo("healthy");
    assertThat(health.path("events").asInt()).isEqualTo(2);
    assertThat(service.pending("")).containsExactly("act-7-1", "act-7-2");
    assertThat(decidedIds()).containsExactly("act-7-1", "act-7-2");
  }

  @Test
  void offersAnActionUntilItsResultArrivesAndNotAfterAKill() throws Exception {
    service.dispatch("a", ServiceProcess.logins(1, 1));
    assertThat(service.pending("")).containsExactly("act-7-1");
    assertThat(service.pending("")).containsExactly("act-7-1");
    restart();
    assertThat(service.pending("")).containsExactly("act-7-1");

    service.post(COMPLETE, ServiceProcess.result("act-7-1", "completed", "said\tit\n"));
    assertThat(service.pending("")).isEmpty();
    restart();
    assertThat(service.pending("")).isEmpty();
    assertThat(Files.readAllLines(data.resolve("results.log")))
        .containsExactly("act-7-1\tcompleted\tsaid it ");
  }

  @Test
  void greetsTheSamePlayerWithTheSameWords() throws Exception {
    JsonNode kafra = service.get("/api/v1/npc/greeting?npc=Quest%20Board&player=Ann");

    assertThat(kafra.path("npc").asText()).isEqualTo("Quest Board");
    assertThat(kafra.path("player").asText()).isEqualTo("Ann");
    assertThat(kafra.path("greeting").asText()).isNotBlank();
    assertThat(service.get("/api/v1/npc/greeting?player=Ann&npc=Quest+Board")).isEqualTo(kafra);
  }

  @Test
  void repliesToWhatAnNpcSays() throws Exception {
    String said = "{\"npc\":\"Smith\",\"player\":\"Ann\",\"text\":\"Is it sharp?\"}";
    HttpResponse<String> answer = service.post("/api/v1/npc/chat", said);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(ServiceProcess.JSON.readTree(answer.body()).path("reply").asText()).isNotBlank();
    assertThat(service.post("/api/v1/npc/chat", said).body()).isEqualTo(answer.body());
    assertThat(Files.readAllLines(data.resolve("events.log"))).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithAnNpcsQuestion() throws Exception {
    HttpResponse<String> nameless = service.send(service.request("/api/v1/npc/greeting?npc=Kafra"));
    HttpResponse<String> tooLong =
        service.send(service.request("/api/v1/npc/greeting?npc=a&player=" + "x".repeat(65)));
    HttpResponse<String> silent =
        service.post("/api/v1/npc/chat", "{\"npc\":\"Smith\",\"player\":\"Ann\",\"text\":7}");

    assertThat(nameless.statusCode()).isEqualTo(400);
    assertThat(nameless.body()).contains("player must be text of 1 to 64 characters");
    assertThat(tooLong.statusCode()).isEqualTo(400);
    assertThat(silent.statusCode()).isEqualTo(422);
    assertThat(silent.body()).contains("text must be text of 1 to 1000 characters");
  }

  @Test
  void anActionOfferedAgainIsTheSameToTheLetter() throws Exception {
    service.dispatch("a", ServiceProcess.logins(1, 1));
    JsonNode before = service.get("/api/v1/actions/pending");
    restart();

    assertThat(service.get("/api/v1/actions/pending")).isEqualTo(before);
    assertThat(before.at("/actions/0/action_type").asText()).isEqualTo("broadcast");
    assertThat(before.at("/actions/0/payload/message").asText()).startsWith("Welcome");
  }

  @Test
  void whatWasAcknowledgedSurvivesKillsAtAnyMoment() throws Exception {
    Set<String> acknowledged = new HashSet<>();
    for (int round = 0; round < 3; round++) {
      int before = acknowledged.size();
      ServiceProcess victim = service;
      CompletableFuture<Void> killed = new CompletableFuture<>();
      for (int n = 1; !killed.isDone() || victim.process.isAlive(); n++) {
        int first = (round * 10_000 + n) * 10;
        try {
          service.dispatch("k" + first, ServiceProcess.logins(first, 10));
        } catch (IOException e) {
          break;
        }
        for (int i = 0; i < 10; i++) {
          acknowledged.add("s:" + (first + i));
        }
        if (n == 20) {
          victim.process.destroyForcibly().onExit().thenAccept(gone -> killed.complete(null));
        }
      }
      killed.get(20, TimeUnit.SECONDS);
      assertThat(acknowledged.size()).isGreaterThanOrEqualTo(before + 200);
      restart();
    }

    Set<String> recorded = new HashSet<>();
    for (String line : Files.readAllLines(data.resolve("events.log"))) {
      recorded.add(line.split("\t")[0]);
    }
    assertThat(recorded).containsAll(acknowledged);
    assertThat(decidedIds()).isNotEmpty().doesNotHaveDuplicates();
    assertThat(service.pending("?limit=1000")).hasSameElementsAs(decidedIds());
  }

  @Test
  void honoursTheLimitAndStarvesNoAction() throws Exception {
    for (int n = 0; n < 6; n++) {
      service.dispatch("k", ServiceProcess.logins(1 + n * 50, 50));
    }
    int open = service.get("/api/v1/health").path("actions_open").asInt();
    assertThat(open).isGreaterThan(6);

    List<String> offered = new ArrayList<>();
    for (int n = 0; n * 2 < open; n++) {
      List<String> two = service.pending("?limit=2");
      assertThat(two).hasSize(2);
      offered.addAll(two);
    }
    assertThat(new HashSet<>(offered)).hasSize(open);
  }

  @Test
  void aLongPollWakesWhenAnActionIsDecided() throws Exception {
    CompletableFuture<HttpResponse<String>> poll = longPoll("?wait_ms=15000");
    assertThat(isAnsweredWithin(poll, 300)).isFalse();

    long start = System.nanoTime();
    service.dispatch("a", ServiceProcess.logins(1, 1));
    String answer = poll.get(5, TimeUnit.SECONDS).body();

    assertThat(answer).contains("act-7-1");
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void aLongPollWithoutActionsEndsEmpty() throws Exception {
    long start = System.nanoTime();
    assertThat(service.pending("?wait_ms=300&limit=5")).isEmpty();
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(290));
  }

  @Test
  void manyLongPollsDoNotKeepEventsOut() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      polls.add(longPoll("?wait_ms=15000"));
    }
    service.dispatch("a", "{\"events\":[{\"event_type\":\"player_logout\"}]}");

    for (int i = 0; i < 1000 && undone(polls) > OpenActions.MAX_PARKED; i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(undone(polls)).isEqualTo(OpenActions.MAX_PARKED);
  }

  private static long undone(List<CompletableFuture<HttpResponse<String>>> polls) {
    return polls.stream().filter(poll -> !poll.isDone()).count();
  }

  @Test
  void takesAGzipBody() throws Exception {
    HttpResponse<String> answer =
        service.send(gzip(ServiceProcess.logins(1, 3).getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Files.readAllLines(data.resolve("events.log"))).hasSize(3);
  }

  @Test
  void refusesABodyThatIsNotWhatItSays() throws Exception {
    assertRefused(service.post(DISPATCH, "{\"events\":["), 400, "not JSON");
    assertRefused(service.post(DISPATCH, ""), 400, "JSON");
    assertRefused(service.post(DISPATCH, "{\"events\":[]} tail"), 400, "not JSON");
    assertRefused(
        service.send(
            service
                .request(DISPATCH)
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString(ServiceProcess.logins(1, 1)))),
        400,
        "not gzip");
    assertThat(Files.size(data.resolve("events.log"))).isZero();
  }

  @Test
  void namesTheEventWithoutATypeAndRecordsNoneOfItsBatch() throws Exception {
    String body = "{\"events\":[{\"event_type\":\"daily_reset\"},{\"player_id\":5}]}";

    assertRefused(service.post(DISPATCH, body), 422, "events[1] has no event_type");
    assertRefused(
        service.post(DISPATCH, "{\"events\":[{\"event_type\":\"No Such\"}]}"), 422, "event_type");
    assertRefused(service.post(DISPATCH, "{\"events\":7}"), 422, "events must be an array");
    assertThat(Files.size(data.resolve("events.log"))).isZero();
  }

  @Test
  void takesResultsAsAnArrayAndRefusesOtherStatuses() throws Exception {
    service.dispatch("a", ServiceProcess.logins(1, 29));
    service.dispatch("a", ServiceProcess.logins(30, 71));
    List<String> ids = service.pending("");
    assertThat(ids).hasSizeGreaterThan(1);
    List<String> results = new ArrayList<>();
    ids.forEach(id -> results.add(ServiceProcess.result(id, "failed", "no")));

    assertRefused(
        service.post(COMPLETE, ServiceProcess.result(ids.get(0), "perhaps", "")), 422, "status");
    assertRefused(service.post(COMPLETE, "{\"status\":\"failed\"}"), 422, "action_id");
    assertThat(service.pending("")).hasSameElementsAs(ids);
    assertThat(service.post(COMPLETE, results.toString()).statusCode()).isEqualTo(200);
    assertThat(service.pending("")).isEmpty();
  }

  @Test
  void answersOtherPathsMethodsAndNumbersWithTheReason() throws Exception {
    assertRefused(service.send(service.request("/api/v1/nowhere")), 404, "/api/v1/nowhere");
    assertRefused(service.send(service.request("/api/v1/health/")), 404, "/api/v1/health/");
    assertRefused(service.send(service.request(DISPATCH)), 405, "POST");
    assertRefused(
        service.send(service.request("/api/v1/actions/pending?limit=0")), 400, "limit must be");
    assertRefused(
        service.send(service.request("/api/v1/actions/pending?wait_ms=x")), 400, "wait_ms must be");
  }

  @Test
  void refusesABodyOverTheLimitAlsoWhenItWasSentSmall() throws Exception {
    byte[] large = new byte[Requests.MAX_BODY_BYTES + 1];
    HttpRequest.Builder plain =
        service.request(DISPATCH).POST(HttpRequest.BodyPublishers.ofByteArray(large));

    assertRefused(service.send(plain), 413, "over 8388608 bytes");
    assertRefused(service.send(gzip(large)), 413, "over 8388608 bytes");
    service.dispatch("a", ServiceProcess.logins(1, 1));
  }

  @Test
  void keepsTheConnectionAfterAnswersOfEveryKind() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", service.port)) {
      socket.setSoTimeout(10_000);
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
      for (String head : List.of("GET /api/v1/health", "POST " + DISPATCH, "GET /nowhere")) {
        socket
            .getOutputStream()
            .write((head + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}").getBytes());
        assertThat(readAnswer(in)).containsPattern("200|422|404");
      }
    }
  }

  private static String readAnswer(BufferedReader in) throws IOException {
    String status = in.readLine();
    int length = 0;
    for (String line; !(line = in.readLine()).isEmpty(); ) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(15).trim());
      }
    }
    assertThat(in.skip(length)).isEqualTo(length);
    return status;
  }

  @Test
  void saysOneLineAndAnswersItsPollsAndEndsOnSigterm() throws Exception {
    service.pending("?wait_ms=1");
    CompletableFuture<HttpResponse<String>> poll = longPoll("?wait_ms=30000");
    assertThat(isAnsweredWithin(poll, 1000)).isFalse();
    service.process.toHandle().destroy(); // unlike Process.destroy, leaves its output readable

    assertThat(service.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(poll.get(5, TimeUnit.SECONDS).body())
        .isEqualTo("{\"max_results\":100,\"actions\":[]}");
    assertThat(service.firstLine)
        .isEqualTo("AI service listening on http://127.0.0.1:" + service.port);
    assertThat(service.stdout.readLine()).isNull();
    assertThat(ServiceProcess.errors(service.process)).isEmpty();
  }

  @Test
  void dropsALineThatADeathCutShort() throws Exception {
    service.dispatch("a", ServiceProcess.logins(1, 1));
    service.kill();
    for (String log : List.of("events.log", "decided.log", "results.log")) {
      Files.writeString(data.resolve(log), "act-7-99\tcut", StandardOpenOption.APPEND);
    }
    restart();
    service.dispatch("b", ServiceProcess.logins(2, 1));

    assertThat(Files.readAllLines(data.resolve("events.log")))
        .containsExactly("s:1\ta\tplayer_login", "s:2\tb\tplayer_login");
    assertThat(decidedIds()).containsExactly("act-7-1", "act-7-2");
    assertThat(Files.size(data.resolve("results.log"))).isZero();
  }

  private void restart() throws Exception {
    service.kill();
    service = ServiceProcess.start(service.port, data);
  }

  private List<String> decidedIds() throws IOException {
    return Files.readAllLines(data.resolve("decided.log")).stream()
        .map(line -> line.split("\t")[0])
        .toList();
  }

  private CompletableFuture<HttpResponse<String>> longPoll(String query) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return service.send(service.request("/api/v1/actions/pending" + query));
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task, "poll").start());
  }

  private static boolean isAnsweredWithin(CompletableFuture<?> answer, long ms)
      throws InterruptedException, ExecutionException {
    try {
      answer.get(ms, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private HttpRequest.Builder gzip(byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    }
    return service
        .request(DISPATCH)
        .header("Content-Encoding", "gzip")
        .POST(HttpRequest.BodyPublishers.ofByteArray(bytes.toByteArray()));
  }

  private static void assertRefused(HttpResponse<String> answer, int status, String part)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(ServiceProcess.JSON.readTree(answer.body()).path("error").asText()).contains(part);
  }
}
