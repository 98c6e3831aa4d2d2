package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each answer of the contract's table is taken for, over real sockets. */
class ServiceClientAnswerTest {
  private final ManualClock clock = new ManualClock();
  private RawService service;
  private ServiceClient client;

  @BeforeEach
  void start() throws Exception {
    service = new RawService(RawService.answering(200, "", ""));
    client =
        new ServiceClient(
            TestConfig.of(service.url(), "[circuit_breaker]\nfailure_threshold = 2"),
            clock,
            "test",
            Wire.OF_MACHINE);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    service.close();
  }

  @ParameterizedTest
  @CsvSource({
    "200,OK",
    "201,OK",
    "202,OK",
    "299,OK",
    "300,REDIRECT",
    "301,REDIRECT",
    "302,REDIRECT",
    "303,REDIRECT",
    "307,REDIRECT",
    "308,REDIRECT",
    "304,BLOCKED",
    "400,REFUSED",
    "401,UNAUTHORIZED",
    "402,BLOCKED",
    "403,UNAUTHORIZED",
    "404,BLOCKED",
    "405,BLOCKED",
    "408,FAILED",
    "409,REFUSED",
    "406,REFUSED",
    "410,BLOCKED",
    "413,TOO_LARGE",
    "415,REFUSED",
    "418,REFUSED",
    "421,BLOCKED",
    "422,REFUSED",
    "407,BLOCKED",
    "425,FAILED",
    "426,BLOCKED",
    "429,FAILED",
    "431,BLOCKED",
    "451,BLOCKED",
    "495,BLOCKED",
    "499,FAILED",
    "500,FAILED",
    "501,BLOCKED",
    "502,FAILED",
    "503,FAILED",
    "504,FAILED",
    "507,FAILED",
    "511,BLOCKED",
    "599,FAILED"
  })
  void takesAStatusForWhatTheContractSays(int status, Answer.Kind kind) throws Exception {
    service.behave(RawService.answering(status, "Location: /elsewhere", "{}"));
    Answer answer = post();
    assertThat(answer.kind()).isEqualTo(kind);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(service.received()).as("asked once, and nothing followed").hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 406, 413, 415, 422, 425, 429, 408})
  void neverCountsA4xx(int status) throws Exception {
    service.behave(RawService.answering(status, "", ""));
    for (int i = 0; i < 6; i++) {
      assertThat(post().status()).isEqualTo(status);
    }
    assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @ParameterizedTest
  @CsvSource({
    "429,120,120000",
    "503,120,120000",
    "408,120,120000",
    "429,0,0",
    "503,0,0",
    "429,86400,3600000",
    "503,99999999999999999999,3600000",
    "429,30.5,31000",
    "503,20s,20000"
  })
  void comesBackWhenTold(int status, String after, long ms) throws Exception {
    service.behave(RawService.answering(status, "Retry-After: " + after, ""));
    Answer answer = post();
    assertThat(answer.kind()).isEqualTo(Answer.Kind.COME_BACK);
    assertThat(answer.retryAfterMs()).isEqualTo(ms);
    assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
    assertThat(client.retryAfterMs()).isEqualTo(ms);
    assertThat(service.received()).as("OkHttp does not ask again by itself").hasSize(1);
  }

  @Test
  void doesNotRepeatAGetThatIsToldToComeBackAtOnce() throws Exception {
    service.behave(RawService.answering(503, "Retry-After: 0", ""));
    Answer answer = Calls.ask(client, Calls.get(ServiceRequest.Caller.ACTIONS, "/pending"));
    assertThat(answer.kind()).isEqualTo(Answer.Kind.COME_BACK);
    assertThat(service.received()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "abc", "", "Mon, 99 Foo", "sp\u00e4ter"})
  void ignoresARetryAfterThatMakesNoSense(String after) throws Exception {
    service.behave(RawService.answering(429, "Retry-After: " + after, ""));
    assertThat(post().kind()).isEqualTo(Answer.Kind.FAILED);
    service.behave(RawService.answering(503, "Retry-After: " + after, ""));
    assertThat(post().kind()).isEqualTo(Answer.Kind.FAILED);
  }

  @Test
  void comesBackAtAnHttpDateByTheBridgesClock() throws Exception {
    service.behave(RawService.answering(503, "Retry-After: " + date(clock.epochMs() + 90_000), ""));
    assertThat(post().retryAfterMs()).isBetween(89_000L, 90_000L);
  }

  @Test
  void comesBackAtAnHttpDateByTheServicesClockWhereItTells() throws Exception {
    long theirs = clock.epochMs() - 86_400_000;
    service.behave(
        RawService.answering(
            503, "Date: " + date(theirs) + "\nRetry-After: " + date(theirs + 30_000), ""));
    assertThat(post().retryAfterMs()).isEqualTo(30_000);
  }

  @Test
  void takesAPastHttpDateForAtOnce() throws Exception {
    service.behave(RawService.answering(429, "Retry-After: " + date(clock.epochMs() - 5000), ""));
    assertThat(post().retryAfterMs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "  ", "{}", "{\"ok\": true}", "[]", "null", "\"fine\"", "{\"rejected\":[]}"})
  void acceptsAnEmptyBodyOrWholeJson(String body) throws Exception {
    service.behave(RawService.answering(200, "", body));
    assertThat(post().kind()).isEqualTo(Answer.Kind.OK);
  }

  @Test
  void accepts204() throws Exception {
    service.behave(RawService.saying("HTTP/1.1 204 No Content\n\n"));
    assertThat(post().kind()).isEqualTo(Answer.Kind.OK);
  }

  static Stream<Arguments> unreadable() {
    return Stream.of(
        arguments("HTML", RawService.answering(200, "", "<html>hello</html>")),
        arguments("JSON that breaks off", RawService.answering(200, "", "{\"rejected\": [")),
        arguments("two JSON values", RawService.answering(200, "", "{} {}")),
        arguments("no UTF-8", RawService.answering(200, "", new byte[] {'"', (byte) 0xFF, '"'})),
        arguments(
            "a body shorter than its length",
            closing("HTTP/1.1 200 OK\nContent-Length: 100\n\n{}")),
        arguments(
            "a broken chunk",
            closing("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n{}\n0\n\n")),
        arguments(
            "gzip that is none",
            RawService.answering(200, "Content-Encoding: gzip", "this is not gzip at all")),
        arguments("a reset after the head", resetting("HTTP/1.1 200 OK\nContent-Length: 9\n\n{")),
        arguments("a reset", resetting("")),
        arguments("a closed connection", closing("")),
        arguments("half a head", closing("HTTP/1.1 200 OK\nConte")),
        arguments("no HTTP", closing("SSH-2.0-OpenSSH_9.6\n\n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unreadable")
  void countsWhatCannotBeReadAsAFailure(String what, RawService.Script script) throws Exception {
    service.behave(script);
    assertThat(post().kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
    assertThat(post().kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
    assertThat(service.received()).hasSize(2);
  }

  /** Each names what a person needs, and none says that there was no answer where there was one. */
  static Stream<Arguments> whatIsTold() {
    String json = "Content-Type: application/json";
    return Stream.of(
        arguments(
            200,
            "Content-Type: text/plain",
            "OK",
            "HTTP 200, text/plain, \"OK\": a body that is not JSON"),
        arguments(
            200,
            json,
            "{\"a\":NaN}",
            "HTTP 200, application/json, \"{\"a\":NaN}\": a body that is not JSON"),
        arguments(
            200,
            json,
            "{\"a\":1,}",
            "HTTP 200, application/json, \"{\"a\":1,}\": a body that is not JSON"),
        arguments(
            200,
            json,
            "{\"success\":false,\"error\":\"database is locked\"}",
            "HTTP 200, application/json, \"{\"success\":false,\"error\":\"database is locked\"}\""),
        arguments(
            200,
            json + "\nContent-Encoding: br",
            "\u000b{}",
            "HTTP 200, application/json, br, \"{}\": a body in an encoding that was not asked for"),
        arguments(
            200,
            json + "\nContent-Encoding: gzip",
            "{\"ok\":true}",
            "HTTP 200, application/json, gzip: a body that is not gzip"),
        arguments(407, json, "{}", "HTTP 407, application/json"),
        arguments(
            402,
            json,
            "{\"e\":\"no credits\"}",
            "HTTP 402, application/json, \"{\"e\":\"no credits\"}\""),
        arguments(
            429,
            json,
            "{\"e\":1}",
            "HTTP 429 (too many requests), application/json, \"{\"e\":1}\""),
        arguments(
            502,
            "Content-Type: text/html",
            "<h1>Bad</h1>",
            "HTTP 502, text/html, \"<h1>Bad</h1>\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"success\":false}|NO_ANSWER",
        "{\"a\":[{\"success\":true}],\"success\":false}|NO_ANSWER",
        "{\"success\":true}|OK",
        "{\"success\":false,\"rejected\":[]}|NO_ANSWER",
        "{\"success\":false,\"rejected\":{},\"a\":[1]}|NO_ANSWER",
        "{\"success\":false,\"rejected\":[\"s:9\"]}|NO_ANSWER",
        "{\"result\":{\"success\":false}}|OK",
        "[{\"success\":false}]|OK"
      })
  void takesAnAnswerThatSaysItFailedForNone(String body, Answer.Kind kind) throws Exception {
    service.behave(RawService.answering(200, "Content-Type: application/json", body));
    assertThat(post().kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @MethodSource("whatIsTold")
  void tellsWhatTheServiceHasSaid(int status, String headers, String body, String told)
      throws Exception {
    service.behave(RawService.answering(status, headers, body));
    Answer answer = post();
    assertThat(answer.said())
        .isEqualTo("POST 127.0.0.1:" + service.port() + "/api/v1/events/dispatch: " + told);
    assertThat(client.said()).isEqualTo(answer.said());
    assertThat(client.answered()).isTrue();
    service.behave(RawService.answering(200, "", "{}"));
    client.retryNow();
    post();
    assertThat(client.said()).isEmpty();
  }

  @Test
  void tellsOfJsonThatIsNotUtf8() throws Exception {
    byte[] body = "{\"m\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    service.behave(RawService.answering(200, "", body));
    post();
    assertThat(client.said()).endsWith(": a body that is not JSON in UTF-8");
  }

  @Test
  void keepsNoMoreOfAnAnswerThanAskedFor() throws Exception {
    service.behave(RawService.answering(422, "", "x".repeat(100_000)));
    Answer answer =
        Calls.ask(
            client,
            ServiceRequest.post(
                ServiceRequest.Caller.DISPATCH, "/a", new byte[0], "k", 1000, true));
    assertThat(answer.body()).hasSize(1000);
    assertThat(answer.kind()).isEqualTo(Answer.Kind.REFUSED);
  }

  /** Wherever the thread of a call asks for the time memory is short, once or some times. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void answersOnceWhereverAnErrorComes(int errors) throws Exception {
    int first = 0;
    while (errorsUsedUp(++first, errors)) {
      assertThat(first).as("asks for the time in one call").isLessThan(100);
    }
    assertThat(first).as("asks for the time in one call").isGreaterThan(3);
  }

  /** Whether the call went so far that there was an error. */
  private boolean errorsUsedUp(int first, int errors) throws Exception {
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger left = new AtomicInteger(errors);
    AtomicBoolean failing = new AtomicBoolean(true);
    BridgeClock faulty =
        new BridgeClock() {
          @Override
          public long nanos() {
            if (failing.get()
                && Thread.currentThread().getName().startsWith("other http")
                && calls.incrementAndGet() >= first
                && left.getAndDecrement() > 0) {
              throw new OutOfMemoryError("thrown by the test");
            }
            return clock.nanos();
          }

          @Override
          public long epochMs() {
            return nanos();
          }
        };
    String lines = "[circuit_breaker]\nfailure_threshold = 1";
    try (ServiceClient other =
        new ServiceClient(TestConfig.of(service.url(), lines), faulty, "other", Wire.OF_MACHINE)) {
      AtomicInteger answers = new AtomicInteger();
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      other.trySend(
          Calls.post(new byte[] {'{', '}'}),
          a -> {
            answers.incrementAndGet();
            answer.complete(a);
          });
      assertThat(answer.get(20, TimeUnit.SECONDS).kind())
          .as("error at %d", first)
          .isIn(Answer.Kind.OK, Answer.Kind.LOCAL_FAILURE);
      boolean failed = calls.get() >= first;
      failing.set(false);
      assertThat(other.breakerState()).isEqualTo(GateState.CLOSED);
      assertThat(Calls.ask(other, Calls.post(new byte[] {'{', '}'})).kind())
          .isEqualTo(Answer.Kind.OK);
      assertThat(answers).hasValue(1);
      return failed;
    }
  }

  @ParameterizedTest
  @CsvSource({"100,OK", "101,NO_ANSWER"})
  void takesAnAnswerForOneUpToItsLimit(int length, Answer.Kind kind) throws Exception {
    service.behave(RawService.answering(200, "", "[" + " ".repeat(length - 2) + "]"));
    ServiceRequest request =
        ServiceRequest.post(ServiceRequest.Caller.DISPATCH, "/x", new byte[2], "key", 100, true);
    Answer answer = Calls.ask(client, request);
    assertThat(answer.kind()).isEqualTo(kind);
    assertThat(answer.problem())
        .isEqualTo(kind == Answer.Kind.OK ? "" : "HTTP 200 with a body of more than 100 bytes");
  }

  @Test
  void countsARefusedConnection() throws Exception {
    service.close();
    assertThat(post().kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(client.said())
        .isEqualTo(
            "POST /api/v1/events/dispatch: 127.0.0.1:" + service.port() + ": Connection refused");
    assertThat(client.answered()).isFalse();
    assertThat(post().kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
  }

  private Answer post() throws Exception {
    return Calls.ask(client, Calls.post("{}".getBytes(StandardCharsets.UTF_8)));
  }

  private static String date(long epochMs) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(
        Instant.ofEpochMilli(epochMs).atOffset(ZoneOffset.UTC));
  }

  private static RawService.Script closing(String bytes) {
    return (request, connection, out) -> {
      RawService.saying(bytes).serve(request, connection, out);
      connection.close();
    };
  }

  private static RawService.Script resetting(String bytes) {
    return (request, connection, out) -> {
      RawService.saying(bytes).serve(request, connection, out);
      connection.setSoLinger(true, 0);
      connection.close();
    };
  }
}
