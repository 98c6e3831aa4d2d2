package org.aibridge.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.http.ScriptPlaces;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScriptHttpServiceTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final FakeTransport transport = new FakeTransport();
  private final List<ScriptAnswer> answers = new ArrayList<>();
  private final AtomicInteger resolved = new AtomicInteger();
  private final List<GameEvent> published = new ArrayList<>();
  private boolean takes = true;

  /** Says whether the next event is accepted; null if it is at once. */
  private CompletableFuture<Boolean> later;

  private BridgeConfig config;
  private ScriptHttpService scripts;

  @BeforeEach
  void open() throws IOException {
    configure("");
    ScriptPlaces places =
        new ScriptPlaces() {
          @Override
          public String problem(String url) {
            return ScriptHttpServiceTest.this.problem(url);
          }

          @Override
          public GameEvent event(String url, String json) {
            boolean event = url.equals("/events") && json.startsWith("{\"event_type\"");
            return event ? GameEvent.custom(json.split("\"")[3], 7, null, "{}") : null;
          }
        };
    scripts =
        new ScriptHttpService(
            () -> config,
            transport,
            places,
            event ->
                later != null
                    ? later
                    : CompletableFuture.completedFuture(takes && published.add(event)),
            clock,
            () -> {});
  }

  private void configure(String lines) throws IOException {
    Path file = folder.resolve("bridge.conf");
    Files.writeString(
        file, "[ai_service]\nbase_url = http://ai:8000\n[script_http]\n" + lines + "\n");
    config = ConfigReader.read(file).config();
  }

  private String problem(String url) {
    resolved.incrementAndGet();
    return !url.equals("/events") && url.startsWith("/") || url.startsWith("http:")
        ? ""
        : "no script goes there";
  }

  private void get(String url) {
    scripts.get("npc", url, answers::add);
  }

  private ScriptAnswer answerTo(String url) {
    get(url);
    settle();
    assertThat(answers).hasSize(1);
    return answers.remove(0);
  }

  private void settle() {
    scripts.runOnce();
    scripts.tick();
  }

  private void answerNext(String body) {
    transport.next().ok(body);
    settle();
  }

  @Test
  void touchesNothingOnTheCallersThread() {
    get("/a");
    scripts.post("npc", "/b", "{}", answers::add);
    assertThat(resolved).hasValue(0);
    assertThat(transport.asked).isZero();
    scripts.runOnce();
    assertThat(resolved).hasValue(2);
    assertThat(transport.sent).hasSize(2);
  }

  @Test
  void answersOnceInsideATick() {
    get("/a");
    scripts.runOnce();
    FakeTransport.Sent sent = transport.next();
    assertThat(sent.request().url()).isEqualTo("/a");
    assertThat(sent.request().body()).isNull();
    sent.ok("{\"é\":1}");
    scripts.runOnce();
    assertThat(answers).isEmpty();
    scripts.tick();
    assertThat(answers).containsExactly(ScriptAnswer.answered(200, "{\"é\":1}"));
    settle();
    settle();
    assertThat(answers).hasSize(1);
  }

  private ScriptAnswer posted(String url, String json) {
    scripts.post("npc", url, json, answers::add);
    settle();
    return answers.remove(0);
  }

  @Test
  void publishesABareEventThatAScriptPostsToThePathForEvents() {
    assertThat(posted("/events", "{\"event_type\":\"daily_reset\",\"priority\":\"urgent\"}"))
        .isEqualTo(ScriptAnswer.answered(200, "{\"status\":\"accepted\"}"));
    assertThat(published).extracting(GameEvent::typeName).containsExactly("daily_reset");
    assertThat(transport.asked).isZero();
    takes = false;
    assertThat(posted("/events", "{\"event_type\":\"x\"}").problem()).contains("status says why");
    assertThat(posted("/events", "{\"events\":[]}").problem()).contains("no script goes there");
    assertThat(answerTo("/events").problem()).contains("no script goes there");
    assertThat(published).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersOnceItIsKnownWhetherTheEventIsAccepted(boolean accepted) {
    later = new CompletableFuture<>();
    scripts.post("npc", "/events", "{\"event_type\":\"x\"}", answers::add);
    settle();
    assertThat(answers).isEmpty();
    later.complete(accepted);
    settle();
    assertThat(answers).extracting(ScriptAnswer::ok).containsExactly(accepted);
    assertThat(scripts.stats().refused()).isEqualTo(accepted ? 0 : 1);
  }

  @Test
  void countsPublishedEventsAsCallsOfTheScript() throws IOException {
    configure("requests_per_script_per_minute = 2");
    String event = "{\"event_type\":\"x\"}";
    assertThat(posted("/events", event).problem()).isEmpty();
    assertThat(posted("/events", event).problem()).isEmpty();
    assertThat(posted("/events", event).problem()).contains("2 calls of this minute");
    configure("enabled = no");
    assertThat(posted("/events", event).problem()).contains("switched off");
    assertThat(published).hasSize(2);
  }

  @Test
  void keepsTheAnswersToPostsByTheirBodyWhereAsked() throws IOException {
    configure("cache_ttl = 1000\ncache_posts = yes");
    for (String json : List.of("1", "2")) {
      scripts.post("npc", "/a", json, answers::add);
      scripts.runOnce();
      answerNext("to " + json);
    }
    assertThat(answers).extracting(ScriptAnswer::body).containsExactly("to 1", "to 2");
    answers.clear();
    assertThat(posted("/a", "1").body()).isEqualTo("to 1");
    assertThat(posted("/a", "2").body()).isEqualTo("to 2");
    assertThat(transport.sent).hasSize(2);
    get("/a");
    scripts.runOnce();
    assertThat(transport.sent).as("a get is another question").hasSize(3);
  }

  @Test
  void sendsEightDialoguesOfOneScriptAtOnce() {
    for (int i = 0; i < 8; i++) {
      scripts.post("npc", "/dialogue", "{\"player\":" + i + "}", answers::add);
    }
    scripts.runOnce();
    assertThat(transport.openCount()).isEqualTo(8);
    assertThat(config.scriptHttp().timeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void sendsTheBodyOfAPost() {
    scripts.post("npc", "/a", "{\"é\":1}", answers::add);
    scripts.post("npc", "/a", null, answers::add);
    scripts.runOnce();
    assertThat(transport.reports().get(0).request().body())
        .isEqualTo("{\"é\":1}".getBytes(StandardCharsets.UTF_8));
    assertThat(transport.reports().get(1).request().body()).isEmpty();
  }

  @Test
  void answersAFailureWithoutABody() {
    get("/a");
    scripts.runOnce();
    transport.next().answer(Answer.Kind.REFUSED, 404, "secret page".getBytes());
    settle();
    assertThat(answers).containsExactly(ScriptAnswer.failed(404, "HTTP 404"));
    assertThat(scripts.stats().failed()).isEqualTo(1);
  }

  @Test
  void refusesWhileTheServiceCannotBeAsked() {
    transport.waitNanos = 1;
    assertThat(answerTo("/a"))
        .isEqualTo(ScriptAnswer.failed(0, "the AI service cannot be asked now"));
    transport.waitNanos = 0;
    get("/b");
    scripts.runOnce();
    answerNext("fine");
    assertThat(answers).hasSize(1);
  }

  @Test
  void saysThatItIsAHostThatCannotBeAsked() throws Exception {
    configure("allowed_hosts = wiki");
    transport.waitNanos = 1;
    assertThat(answerTo("http://wiki/").problem()).isEqualTo("that host cannot be asked now");
  }

  @Test
  void answersWhenTheTransportThrows() throws Exception {
    configure("max_concurrent = 1");
    for (Throwable thrown :
        List.of(
            new IllegalArgumentException("a header no one may send"),
            new IOException("which Kotlin does not declare"))) {
      transport.thrown = thrown;
      assertThat(answerTo("/a").ok()).isFalse();
    }
    transport.thrown = null;
    get("/b");
    scripts.runOnce();
    answerNext("fine");
    assertThat(answers).extracting(ScriptAnswer::body).containsExactly("fine");
  }

  @Test
  void keepsTwoCallsApartThatLookTheSame() {
    Consumer<ScriptAnswer> callback = answers::add;
    scripts.get("npc", "/a", callback);
    scripts.get("npc", "/a", callback);
    scripts.runOnce();
    transport.next().ok("1");
    transport.next().ok("2");
    settle();
    assertThat(answers).extracting(ScriptAnswer::body).containsExactly("1", "2");
  }

  @Test
  void refusesWhatIsNotAllowed() throws Exception {
    configure("max_url_length = 20\nmax_body_size = 10");
    assertThat(answerTo(null).problem()).isEqualTo("the URL is empty");
    assertThat(answerTo(" ").problem()).isEqualTo("the URL is empty");
    assertThat(answerTo("ftp"))
        .isEqualTo(ScriptAnswer.failed(ScriptAnswer.NOT_ASKED, "no script goes there"));
    assertThat(answerTo("/" + "x".repeat(20)).problem())
        .isEqualTo("the URL is longer than 20 characters");
    scripts.post("npc", "/a", "€€€é", answers::add);
    settle();
    assertThat(answers.remove(0).problem()).isEqualTo("the body is larger than 10 bytes");
    assertThat(transport.asked).isZero();
    get("/" + "x".repeat(19));
    scripts.post("npc", "/a", "€€€a", answers::add);
    scripts.runOnce();
    answerAll();
    assertThat(transport.sent).hasSize(2);
    assertThat(answers).hasSize(2).allMatch(ScriptAnswer::ok);
    assertThat(scripts.stats().refused()).isEqualTo(5);
  }

  @Test
  void refusesEverythingWhenSwitchedOff() throws Exception {
    configure("enabled = no");
    assertThat(answerTo("/a")).isEqualTo(ScriptAnswer.failed(0, "script_http is switched off"));
  }

  @Test
  void cutsAnAnswerBetweenTwoCharacters() throws Exception {
    configure("max_response_size = 10");
    get("/a");
    scripts.runOnce();
    FakeTransport.Sent sent = transport.next();
    assertThat(sent.request().maxAnswerBytes()).isEqualTo(11);
    sent.ok("€€€€");
    settle();
    assertThat(answers.get(0).body()).isEqualTo("€€€");
  }

  @Test
  void allowsSoManyCallsASecond() throws Exception {
    configure("requests_per_second = 3\nmax_concurrent = 100");
    for (int i = 0; i < 5; i++) {
      scripts.get("npc" + i, "/a", answers::add);
    }
    settle();
    assertThat(transport.sent).hasSize(3);
    assertThat(answers)
        .extracting(ScriptAnswer::problem)
        .containsExactly(
            "scripts have made their 3 calls of this second",
            "scripts have made their 3 calls of this second");
    answerAll();
    clock.advanceMs(1000);
    get("/a");
    scripts.runOnce();
    assertThat(transport.sent).hasSize(4);
  }

  private void answerAll() {
    for (FakeTransport.Sent sent = transport.next(); sent != null; sent = transport.next()) {
      sent.ok("");
    }
    settle();
  }

  @Test
  void allowsEachScriptSoManyCallsAMinute() throws Exception {
    configure("requests_per_script_per_minute = 2");
    for (int i = 0; i < 3; i++) {
      get("/a");
      scripts.runOnce();
      answerAll();
      clock.advanceMs(1000);
    }
    assertThat(transport.sent).hasSize(2);
    String problem = "the script has made its 2 calls of this minute";
    assertThat(answers.get(2)).isEqualTo(ScriptAnswer.failed(ScriptAnswer.NOT_ASKED, problem));
    scripts.get("another", "/a", answers::add);
    scripts.runOnce();
    answerAll();
    assertThat(transport.sent).hasSize(3);
    clock.advance(Duration.ofMinutes(1));
    get("/a");
    scripts.runOnce();
    assertThat(transport.sent).hasSize(4);
  }

  @Test
  void hasSoManyCallsUnderWayWhateverConnectionsTheOtherStagesHave() throws Exception {
    configure("requests_per_second = 1000\n[http_pool]\nmax_connections = 1\n");
    for (int i = 0; i < 40; i++) {
      scripts.get("npc" + i, "/a", answers::add);
    }
    scripts.runOnce();
    assertThat(transport.sent).hasSize(32);
    transport.next().ok("");
    scripts.runOnce();
    assertThat(transport.sent).hasSize(33);
  }

  @Test
  void leavesRoomForOthersWhenOneScriptAsksSomethingSlow() throws Exception {
    configure("requests_per_second = 1000");
    for (int i = 0; i < 20; i++) {
      scripts.get("slow", "/slow", answers::add);
    }
    for (int i = 0; i < 20; i++) {
      scripts.get("npc" + i, "/a", answers::add);
    }
    scripts.runOnce();
    assertThat(transport.polls())
        .extracting(sent -> sent.request().url())
        .filteredOn("/slow"::equals)
        .as("a quarter of the room")
        .hasSize(8);
    assertThat(transport.sent).as("all others at once").hasSize(8 + 20);
    transport.next().ok("");
    scripts.runOnce();
    assertThat(transport.sent).as("the next in its turn").hasSize(8 + 20 + 1);
    assertThat(transport.polls().get(28).request().url()).isEqualTo("/slow");
  }

  @Test
  void sendsOneCallOfAScriptWhereThereIsRoomForOne() throws Exception {
    configure("max_concurrent = 1");
    get("/a");
    get("/b");
    scripts.runOnce();
    assertThat(transport.sent).hasSize(1);
    answerNext("");
    assertThat(transport.sent).hasSize(2);
  }

  @Test
  void leavesRoomToWaitWhenOneScriptAsksInALoop() {
    for (int i = 0; i < 900; i++) {
      get("/a");
    }
    scripts.runOnce();
    scripts.tick();
    assertThat(answers)
        .as("all but 250 that wait, 8 of them sent")
        .hasSize(900 - 250)
        .allMatch(answer -> answer.problem().equals("too many calls of the script are waiting"));
    answers.clear();
    for (int i = 0; i < 750; i++) {
      scripts.get("npc" + i, "/a", answers::add);
    }
    scripts.tick();
    assertThat(answers).isEmpty();
  }

  @Test
  void refusesACallThatWaitedLongerThanItsTime() throws Exception {
    configure("max_concurrent = 1\ntimeout = 5000");
    get("/slow");
    get("/waits");
    scripts.runOnce();
    clock.advanceMs(5000);
    settle();
    assertThat(answers).isEmpty();
    clock.advanceMs(1);
    settle();
    assertThat(answers)
        .extracting(ScriptAnswer::problem)
        .containsExactly("it waited longer than timeout, others are under way");
    transport.next().ok("late");
    settle();
    assertThat(answers).hasSize(2);
    assertThat(transport.sent).hasSize(1);
  }

  @Test
  void refusesAFloodAtOnceAndAnswersEachCall() {
    for (int i = 0; i < 5000; i++) {
      get("/a");
    }
    scripts.tick();
    assertThat(answers).hasSize(5000 - ScriptHttpService.MAX_WAITING);
    assertThat(answers.get(0).problem()).isEqualTo("too many calls are waiting");
    for (int i = 0; i < 1000; i++) {
      scripts.runOnce();
      answerAll();
    }
    assertThat(answers).hasSize(5000);
    assertThat(scripts.stats().requests()).isEqualTo(5000);
  }

  @Test
  void stopsWhenTheTicksBudgetIsUsed() {
    for (int i = 0; i < 5; i++) {
      scripts.get("npc", "", answer -> slow(answer));
    }
    scripts.runOnce();
    long budget = config.actionExecutor().tickBudget().toMillis();
    assertThat(budget).isEqualTo(1);
    scripts.tick();
    assertThat(answers).hasSize(2);
    scripts.tick();
    scripts.tick();
    assertThat(answers).hasSize(5);
  }

  private void slow(ScriptAnswer answer) {
    answers.add(answer);
    clock.advance(Duration.ofNanos(500_000));
  }

  @Test
  void goesOnBehindACallbackThatThrows() {
    scripts.get(
        "npc",
        "",
        answer -> {
          throw new StackOverflowError();
        });
    scripts.get("npc", "", null);
    get("");
    settle();
    assertThat(answers).hasSize(1);
    settle();
  }

  @Test
  void answersACallMadeInACallbackInALaterTick() {
    Consumer<ScriptAnswer> again =
        new Consumer<>() {
          @Override
          public void accept(ScriptAnswer answer) {
            answers.add(answer);
            scripts.get("npc", "/a", this);
            scripts.tick();
          }
        };
    scripts.close();
    scripts.get("npc", "/a", again);
    for (int ticks = 1; ticks < 5; ticks++) {
      scripts.tick();
      assertThat(answers).hasSize(ticks);
    }
  }

  @Test
  void answersEveryCallWhenItCloses() {
    get("/sent");
    get("/answered");
    scripts.runOnce();
    FakeTransport.Sent sent = transport.next();
    transport.next().ok("yes");
    for (int i = 0; i < 10; i++) {
      get("/waiting");
    }
    scripts.close();
    int asked = transport.asked;
    get("/late");
    scripts.tick();
    sent.answer(Answer.Kind.CANCELLED, 0);
    scripts.close();
    scripts.runOnce();
    scripts.tick();
    assertThat(transport.asked).isEqualTo(asked);
    assertThat(answers).hasSize(13);
    assertThat(answers).filteredOn(ScriptAnswer::ok).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> !answer.ok())
        .allMatch(answer -> answer.problem().equals("the bridge is closed"));
  }

  @Test
  void givesAnAnswerAgainUntilItIsTooOld() throws Exception {
    configure("cache_ttl = 1000\ncache_max_entries = 2");
    get("/a");
    scripts.runOnce();
    answerNext("first");
    clock.advanceMs(999);
    assertThat(answers.remove(0).body()).isEqualTo("first");
    assertThat(answerTo("/a")).isEqualTo(ScriptAnswer.answered(200, "first"));
    assertThat(scripts.stats().cached()).isEqualTo(1);
    clock.advanceMs(1);
    get("/a");
    scripts.runOnce();
    answerNext("second");
    assertThat(answers.remove(0).body()).isEqualTo("second");
    assertThat(transport.sent).hasSize(2);
  }

  @Test
  void keepsNoMoreAnswersThanItMay() throws Exception {
    configure("cache_ttl = 100000\ncache_max_entries = 2");
    for (String url : List.of("/a", "/b", "/a", "/c", "/a", "/b")) {
      get(url);
      scripts.runOnce();
      answerAll();
    }
    assertThat(scripts.stats().cached()).isEqualTo(2);
    assertThat(transport.sent).hasSize(4);
  }

  @Test
  void keepsNeitherFailuresNorPosts() throws Exception {
    configure("cache_ttl = 100000");
    get("/a");
    scripts.runOnce();
    transport.next().answer(Answer.Kind.FAILED, 500);
    settle();
    scripts.post("npc", "/b", "{}", answers::add);
    scripts.runOnce();
    answerAll();
    get("/a");
    scripts.post("npc", "/b", "{}", answers::add);
    scripts.runOnce();
    assertThat(transport.sent).hasSize(4);
  }

  @Test
  void keepsFewLogLinesHoweverMuchIsRefused() throws Exception {
    scripts.close();
    for (int i = 0; i < 10_000; i++) {
      get("/a");
    }
    var lines = ScriptHttpService.class.getDeclaredField("lines");
    lines.setAccessible(true);
    var queue = LogLines.class.getDeclaredField("lines");
    queue.setAccessible(true);
    assertThat((java.util.Queue<?>) queue.get(lines.get(scripts)))
        .hasSizeLessThanOrEqualTo(LogLines.MAX_WAITING);
  }
}
