package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.aibridge.core.run.BridgeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one caller meets keeps no other away: over real sockets. */
@Tag("slow")
class CallersApartTest {
  private static final String NONE = "{\"actions\":[]}";

  private static final String LINES =
      """
      timeout_connect = 500
      timeout_read = 500
      [script_http]
      timeout = 500
      allowed_hosts = 127.0.0.1
      allowed_networks = 127.0.0.0/8
      """;

  private RawService service;
  private RawService host;
  private ServiceClient client;

  @BeforeEach
  void start() throws Exception {
    service = new RawService(RawService.answering(200, "", NONE));
    host = new RawService(RawService.answering(200, "", NONE));
    client =
        new ServiceClient(
            TestConfig.of(service.url(), LINES), BridgeClock.system(), "apart", Wire.OF_MACHINE);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    service.close();
    host.close();
  }

  private ServiceRequest request(String caller) {
    return switch (caller) {
      case "events" -> Calls.post(new byte[2]);
      case "polls" ->
          ServiceRequest.get(ServiceRequest.Caller.ACTIONS, "/polls?limit=1", 1000, true);
      case "results" ->
          ServiceRequest.post(
              ServiceRequest.Caller.RESULTS, "/results", new byte[2], "k", 1000, false);
      case "scripts" -> Calls.get(ServiceRequest.Caller.SCRIPT, "/scripts");
      default -> Calls.get(ServiceRequest.Caller.SCRIPT, host.url() + "/wiki");
    };
  }

  /** Has {@code script} serve the requests of one caller, and the truth all others. */
  private void meet(String caller, RawService.Script script) {
    RawService.Script truth = RawService.answering(200, "", NONE);
    String path = caller.equals("events") ? "/api/v1/events/dispatch" : "/" + caller;
    service.behave(
        (request, connection, out) ->
            (request.line().contains(path) ? script : truth).serve(request, connection, out));
    host.behave(caller.equals("host") ? script : truth);
  }

  private List<String> held() {
    List<String> held = new ArrayList<>();
    for (String caller : List.of("events", "polls", "results", "scripts", "host")) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      if (client.trySend(request(caller), answer::complete) > 0) {
        held.add(caller);
      } else {
        answer.join();
      }
    }
    return held;
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          events  | 500     | -                | events
          events  | 429     | -                | -
          events  | 429     | Retry-After: 600 | events polls results
          events  | 401     | -                | events polls results scripts
          events  | 301     | Location: /x     | events
          events  | reset   | -                | events
          events  | timeout | -                | events
          polls   | 503     | -                | polls
          polls   | 501     | -                | -
          polls   | 503     | Retry-After: 600 | events polls results
          polls   | 403     | -                | events polls results scripts
          polls   | timeout | -                | polls
          results | 502     | -                | results
          results | 429     | Retry-After: 600 | events polls results
          results | reset   | -                | results
          scripts | 500     | -                | scripts
          scripts | 429     | Retry-After: 600 | scripts
          scripts | 401     | -                | -
          scripts | timeout | -                | scripts
          host    | 500     | -                | host
          host    | 503     | Retry-After: 600 | host
          host    | 403     | -                | -
          host    | reset   | -                | host
          """)
  void holdsTheOneThatMetIt(String caller, String met, String header, String expected)
      throws Exception {
    meet(
        caller,
        switch (met) {
          case "reset" -> (request, connection, out) -> connection.close();
          case "timeout" -> (request, connection, out) -> Thread.sleep(60_000);
          default ->
              RawService.answering(Integer.parseInt(met), header == null ? "" : header, NONE);
        });
    // A connection that an earlier call left and that breaks says nothing: one more for that.
    for (int i = 0; i < 6; i++) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      if (client.trySend(request(caller), answer::complete) == 0) {
        answer.join();
      }
    }
    meet("nobody", null);
    assertThat(held())
        .containsExactlyElementsOf(expected == null ? List.of() : List.of(expected.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({"polls", "results", "scripts", "host"})
  void asksForEventsWhileAnotherWaitsAndOneConnectionIsAllAllowed(String caller) throws Exception {
    client.reconfigure(
        TestConfig.of(
            service.url(),
            LINES.replace("[script_http]", "[http_pool]\nmax_connections = 1\n[script_http]")));
    meet(caller, (request, connection, out) -> Thread.sleep(60_000));
    for (int i = 0; i < 4; i++) {
      assertThat(client.trySend(request(caller), answer -> {})).isZero();
    }
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    client.trySend(request("events"), answer::complete);
    assertThat(answer).succeedsWithin(400, TimeUnit.MILLISECONDS);
  }

  @ParameterizedTest
  @CsvSource({"204,''", "200,''", "200,' '", "200,'{\"actions\":[]}'"})
  void takesNoActionsForAnAnswerToAPoll(int status, String body) throws Exception {
    service.behave(
        status == 204
            ? RawService.saying("HTTP/1.1 204 No Content\n\n")
            : RawService.answering(status, "", body));
    Answer answer = Calls.ask(client, request("polls"));
    assertThat(answer.kind()).isEqualTo(Answer.Kind.OK);
    assertThat(client.gates()).allMatch(gate -> gate.said().isEmpty());
  }

  @Test
  void usesTheConnectionToAHostAgain() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertThat(Calls.ask(client, request("host")).kind()).isEqualTo(Answer.Kind.OK);
    }
    assertThat(host.connections()).isLessThanOrEqualTo(2);
    assertThat(host.received()).hasSize(30);
  }

  @Test
  void judgesTheAddressOfAHostAnewAfterAReload() throws Exception {
    Calls.ask(client, request("host"));
    client.reconfigure(TestConfig.of(service.url(), LINES));
    Calls.ask(client, request("host"));
    assertThat(host.connections()).isEqualTo(2);
  }

  @Test
  void asksAHostAgainThatHasClosedWhatWasIdle() throws Exception {
    Calls.ask(client, request("host"));
    host.behave(
        (request, connection, out) -> {
          if (host.received().size() == 2) {
            connection.close();
          } else {
            RawService.answering(200, "", NONE).serve(request, connection, out);
          }
        });
    assertThat(Calls.ask(client, request("host")).kind()).isEqualTo(Answer.Kind.OK);
    assertThat(host.received()).hasSize(3);
    assertThat(host.connections()).isEqualTo(2);
  }

  @Test
  void asksAHostOnceMoreAndNoOftener() throws Exception {
    Calls.ask(client, request("host"));
    host.behave((request, connection, out) -> connection.close());
    assertThat(Calls.ask(client, request("host")).kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(host.received()).hasSize(3);
  }

  @Test
  void neverSendsAPostOfAScriptTwice() throws Exception {
    ServiceRequest post =
        ServiceRequest.post(
            ServiceRequest.Caller.SCRIPT, host.url() + "/wiki", new byte[2], null, 1000, false);
    Calls.ask(client, post);
    host.behave((request, connection, out) -> connection.close());
    assertThat(Calls.ask(client, post).kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(host.received()).hasSize(2);
  }

  @Test
  void keepsEventsAndPollsGoingWhileScriptsFillTheirRoom() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    meet("scripts", (request, connection, out) -> end.await());
    ServiceClient slow =
        new ServiceClient(
            TestConfig.of(service.url(), "[http_pool]\nmax_connections = 1\n"),
            BridgeClock.system(),
            "slow",
            Wire.OF_MACHINE);
    try {
      List<CompletableFuture<Answer>> calls =
          Stream.generate(() -> Calls.begin(slow, request("scripts"))).limit(32).toList();
      await().until(() -> service.received().size() == 32);
      assertThat(Calls.ask(slow, request("events")).kind()).isEqualTo(Answer.Kind.OK);
      assertThat(Calls.ask(slow, request("polls")).kind()).isEqualTo(Answer.Kind.OK);
      assertThat(calls).noneMatch(CompletableFuture::isDone);
    } finally {
      slow.close();
      end.countDown();
    }
  }
}
