package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies with us moves nothing that stands for the service. */
@Tag("slow")
class LocalFailureTest {
  private static final int THRESHOLD = 5;

  private final ManualClock clock = new ManualClock();
  private volatile IOException thrown;
  private volatile Runnable onCall = () -> {};
  private volatile Runnable onClock = () -> {};
  private RawService service;

  @BeforeEach
  void start() throws IOException {
    service = new RawService(RawService.answering(200, "", "{}"));
  }

  @AfterEach
  void stop() throws IOException {
    service.close();
  }

  @Test
  void countsNothingWhileNoSocketCanBeMade() throws Exception {
    try (ServiceClient client = client("")) {
      service.close();
      thrown = new SocketException("Too many open files");
      for (int i = 0; i < 3 * THRESHOLD; i++) {
        assertThat(ask(client).kind()).isEqualTo(Answer.Kind.LOCAL_FAILURE);
      }
      assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
      assertThat(client.problem()).startsWith("too many open files");
      thrown = null;
      for (int i = 0; i < THRESHOLD; i++) {
        assertThat(ask(client).kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      }
      assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
      clock.advance(Duration.ofSeconds(12));
      assertThat(client.problem())
          .as("near a limit it comes and goes")
          .startsWith("too many open files")
          .endsWith("the AI service cannot be asked (last 12 s ago)");
      clock.advance(Duration.ofSeconds(19));
      assertThat(client.problem()).isEmpty();
    }
  }

  @Test
  void blamesNobodyForTimeOutsOfAProcessThatStoodStill() throws Exception {
    service.behave((request, connection, out) -> Thread.sleep(60_000));
    try (ServiceClient client = client("timeout_read = 1000\ntimeout_connect = 500")) {
      client.beat();
      List<CompletableFuture<Answer>> calls = calls(client, 8);
      clock.advance(Duration.ofSeconds(60));
      for (CompletableFuture<Answer> call : calls) {
        Answer answer = call.get(20, TimeUnit.SECONDS);
        assertThat(answer.kind()).isEqualTo(Answer.Kind.LOCAL_FAILURE);
        assertThat(answer.problem()).isEqualTo("this process stood still for 60 s of a call");
      }
      assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
      service.behave(RawService.answering(200, "", "{}"));
      assertThat(ask(client).kind()).isEqualTo(Answer.Kind.OK);
    }
  }

  @Test
  void countsTheTimeOutsThatComeAfterwards() throws Exception {
    service.behave((request, connection, out) -> Thread.sleep(60_000));
    try (ServiceClient client = client("timeout_read = 300\ntimeout_connect = 200")) {
      client.beat();
      clock.advance(Duration.ofSeconds(60));
      client.beat();
      for (CompletableFuture<Answer> call : calls(client, THRESHOLD)) {
        assertThat(call.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      }
      assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
    }
  }

  @Test
  void countsTheTimeOutsOfAProcessThatStopsForAMomentNowAndThen() throws Exception {
    service.behave((request, connection, out) -> Thread.sleep(60_000));
    try (ServiceClient client = client("timeout_read = 1000\ntimeout_connect = 500")) {
      client.beat();
      List<CompletableFuture<Answer>> calls = calls(client, THRESHOLD);
      clock.advance(Duration.ofSeconds(2));
      for (int i = 0; i < 30; i++) {
        client.beat();
        clock.advance(Duration.ofMillis(100));
      }
      for (CompletableFuture<Answer> call : calls) {
        assertThat(call.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      }
      assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
    }
  }

  @Test
  void countsNothingWhenTheThreadsOfItsCallsAreInterrupted() throws Exception {
    service.behave(
        (request, connection, out) -> {
          Thread.sleep(300);
          RawService.answering(200, "", "{}").serve(request, connection, out);
        });
    try (ServiceClient client = client("")) {
      List<CompletableFuture<Answer>> calls = calls(client, 8);
      Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().startsWith("local http"))
          .forEach(Thread::interrupt);
      for (CompletableFuture<Answer> call : calls) {
        assertThat(call.get(20, TimeUnit.SECONDS).kind())
            .isIn(Answer.Kind.OK, Answer.Kind.LOCAL_FAILURE);
      }
      assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
      for (CompletableFuture<Answer> call : calls(client, 8)) {
        assertThat(call.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Answer.Kind.OK);
      }
    }
  }

  /** Okio's thread for time-outs, once it could not be made, never comes again. */
  @Test
  void endsACallThatNothingElseEnds() throws Exception {
    service.behave((request, connection, out) -> Thread.sleep(60_000));
    try (ServiceClient client = client("timeout_read = 60000")) {
      client.beat();
      CompletableFuture<Answer> call = Calls.begin(client, Calls.post(new byte[] {'{', '}'}));
      await().until(() -> !service.received().isEmpty());
      for (int i = 0; i < 80; i++) {
        clock.advance(Duration.ofSeconds(1).minusMillis(600));
        client.beat();
        clock.advance(Duration.ofMillis(600).minusMillis(200));
        client.beat();
        client.look();
      }
      assertThat(call).isNotDone();
      for (int i = 0; i < 30; i++) {
        clock.advance(Duration.ofMillis(400));
        client.look();
      }
      Answer answer = call.get(20, TimeUnit.SECONDS);
      assertThat(answer.kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(answer.problem()).endsWith("did not answer in time");
    }
  }

  @Test
  void givesAProbesPermitBackWhenMemoryEndsBeforeTheRequestIsSent() throws Exception {
    service.behave(RawService.answering(500, "", ""));
    try (ServiceClient client = client("[circuit_breaker]\nhalf_open_requests = 1")) {
      for (int i = 0; i < THRESHOLD; i++) {
        assertThat(ask(client).kind()).isEqualTo(Answer.Kind.FAILED);
      }
      assertThat(client.breakerState()).isEqualTo(GateState.OPEN);
      clock.advance(Duration.ofMinutes(2));
      onCall = LocalFailureTest::endMemory;
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> client.trySend(Calls.post(new byte[0]), answer -> {}))
            .isInstanceOf(OutOfMemoryError.class);
      }
      onCall = () -> {};
      service.behave(RawService.answering(200, "", "{}"));
      assertThat(ask(client).kind()).isEqualTo(Answer.Kind.OK);
      assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
    }
  }

  /** The first call met a closed connection, and the second one could not be made. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void countsNothingWhenAScriptsRequestCannotBeRepeated(boolean atOnce) throws Exception {
    try (ServiceClient client = client("[circuit_breaker]\nfailure_threshold = 1")) {
      ServiceRequest get = Calls.get(ServiceRequest.Caller.SCRIPT, "/page");
      assertThat(Calls.ask(client, get).kind()).isEqualTo(Answer.Kind.OK);
      service.behave(
          (request, connection, out) -> {
            onCall = atOnce ? LocalFailureTest::endMemory : () -> onClock = this::endMemoryOnce;
            connection.close();
          });
      assertThat(Calls.ask(client, get).kind()).isEqualTo(Answer.Kind.LOCAL_FAILURE);
      onCall = () -> {};
      assertThat(service.received()).hasSize(2);
      assertThat(client.standing(ServiceRequest.Caller.SCRIPT).isKeptBack()).isFalse();
    }
  }

  private static void endMemory() {
    throw new OutOfMemoryError("thrown by the test");
  }

  private void endMemoryOnce() {
    onClock = () -> {};
    endMemory();
  }

  private ServiceClient client(String serviceLines) throws IOException {
    String breaker = "\n[circuit_breaker]\nfailure_threshold = " + THRESHOLD;
    Shortage shortage =
        new Shortage(
            clock,
            () -> {
              if (thrown != null) {
                throw thrown;
              }
            });
    BridgeClock asked =
        BridgeClock.anchored(
            clock::epochMs,
            () -> {
              onClock.run();
              return clock.nanos();
            });
    return new ServiceClient(
        TestConfig.of(service.url(), breaker + "\n[ai_service]\n" + serviceLines),
        asked,
        "local",
        wire(),
        shortage);
  }

  /** The machine's, with something that happens before each call. */
  private Wire wire() {
    return new Wire() {
      @Override
      public OkHttpClient client(OkHttpClient plain) {
        EventListener.Factory listeners = plain.eventListenerFactory();
        return plain
            .newBuilder()
            .eventListenerFactory(
                call -> {
                  onCall.run();
                  return listeners.create(call);
                })
            .build();
      }

      @Override
      public ExecutorService threads(ThreadFactory factory) {
        return OF_MACHINE.threads(factory);
      }
    };
  }

  private static Answer ask(ServiceClient client) throws Exception {
    return Calls.ask(client, Calls.post(new byte[] {'{', '}'}));
  }

  /** So many calls, all of which have reached the service. */
  private List<CompletableFuture<Answer>> calls(ServiceClient client, int number) {
    int before = service.received().size();
    List<CompletableFuture<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      calls.add(Calls.begin(client, Calls.post(new byte[] {'{', '}'})));
    }
    await().until(() -> service.received().size() == before + number);
    return calls;
  }
}
