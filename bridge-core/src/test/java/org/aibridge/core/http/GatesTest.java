package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whom an answer holds, and for how long: each caller, each answer. */
class GatesTest {
  private static final int THRESHOLD = 5;
  private static final int OPEN_S = 60;
  private static final String HOST = "wiki.example:80";
  private static final String OTHER_HOST = "other.example:80";
  private static final List<String> OWN = List.of("events", "polls", "results");
  private static final List<String> OF_SERVICE = List.of("events", "polls", "results", "scripts");

  /** What is met as often as the breaker needs to open. */
  private enum Met {
    OK_200(Answer.Kind.OK, 200, -1),
    NO_CONTENT_204(Answer.Kind.OK, 204, -1),
    MOVED_301(Answer.Kind.REDIRECT, 301, -1),
    WRONG_400(Answer.Kind.REFUSED, 400, -1),
    KEY_401(Answer.Kind.UNAUTHORIZED, 401, -1),
    KEY_403(Answer.Kind.UNAUTHORIZED, 403, -1),
    UNPAID_402(Answer.Kind.BLOCKED, 402, -1),
    PLAYER_404(Answer.Kind.REFUSED, 404, -1),
    NOWHERE_404(Answer.Kind.BLOCKED, 404, -1),
    PROXY_407(Answer.Kind.BLOCKED, 407, -1),
    SLOW_408(Answer.Kind.FAILED, 408, -1),
    SLOW_408_AFTER_90(Answer.Kind.COME_BACK, 408, 90),
    LARGE_413(Answer.Kind.TOO_LARGE, 413, -1),
    EARLY_425(Answer.Kind.FAILED, 425, -1),
    MANY_429(Answer.Kind.FAILED, 429, -1),
    MANY_429_AFTER_0(Answer.Kind.COME_BACK, 429, 0),
    MANY_429_AFTER_600(Answer.Kind.COME_BACK, 429, 600),
    BROKEN_500(Answer.Kind.FAILED, 500, -1),
    UNKNOWN_501(Answer.Kind.BLOCKED, 501, -1),
    GATEWAY_502(Answer.Kind.FAILED, 502, -1),
    AWAY_503(Answer.Kind.FAILED, 503, -1),
    AWAY_503_AFTER_600(Answer.Kind.COME_BACK, 503, 600),
    GATEWAY_504(Answer.Kind.FAILED, 504, -1),
    RESET(Answer.Kind.NO_ANSWER, 0, -1),
    TIME_OUT(Answer.Kind.NO_ANSWER, 0, -1),
    PAGE_INSTEAD_OF_JSON(Answer.Kind.NO_ANSWER, 200, -1),
    OWN_SHORTAGE(Answer.Kind.LOCAL_FAILURE, 0, -1),
    CANCELLED(Answer.Kind.CANCELLED, 0, -1);

    final Answer answer;

    Met(Answer.Kind kind, int status, long afterS) {
      long ms = afterS < 0 ? -1 : afterS * 1000;
      answer = new Answer(kind, status, ms, new byte[0], "HTTP " + status, 1, "said");
    }

    boolean isOfTheWay() {
      return answer.kind() == Answer.Kind.REDIRECT || answer.kind() == Answer.Kind.BLOCKED;
    }

    boolean opensBreakers() {
      return answer.isFailure();
    }
  }

  private final ManualClock clock = new ManualClock();
  private final Gates gates =
      new Gates(TestConfig.of("http://127.0.0.1:1", ""), Duration.ofSeconds(35), clock);

  static Stream<Arguments> everyCallerAndAnswer() {
    List<String> callers = new ArrayList<>(OF_SERVICE);
    callers.add(HOST);
    return callers.stream()
        .flatMap(caller -> Stream.of(Met.values()).map(met -> Arguments.of(caller, met)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyCallerAndAnswer")
  void holdsWhomTheTableSaysForAsLongAsItSays(String caller, Met met) {
    for (int i = 0; i < THRESHOLD; i++) {
      Gate.Permit permit = gate(caller).tryAcquire();
      if (permit.waitNanos() == 0) {
        gate(caller).onAnswer(permit, met.answer);
      }
    }
    assertThat(held()).isEqualTo(expected(caller, met));
  }

  /** The table of docs/protocol.md, in as many words. */
  private static Map<String, Integer> expected(String caller, Met met) {
    Set<String> held = new LinkedHashSet<>();
    long seconds = OPEN_S;
    boolean own = OWN.contains(caller);
    if (met.answer.retryAfterMs() > 0) {
      held.addAll(own ? OWN : List.of(caller));
      seconds = met.answer.retryAfterMs() / 1000;
    } else if (met.answer.kind() == Answer.Kind.UNAUTHORIZED && own) {
      held.addAll(OF_SERVICE);
    } else if (met.isOfTheWay() && own || met.opensBreakers()) {
      held.add(caller);
    }
    Map<String, Integer> expected = new TreeMap<>();
    for (String name : held) {
      expected.put(name, (int) seconds);
    }
    return expected;
  }

  /** Who cannot ask, and for how many seconds. */
  private Map<String, Integer> held() {
    Map<String, Integer> held = new TreeMap<>();
    List<String> all = new ArrayList<>(OF_SERVICE);
    all.add(HOST);
    all.add(OTHER_HOST);
    for (String name : all) {
      Gate.Permit permit = gate(name).tryAcquire();
      if (permit.waitNanos() > 0) {
        held.put(name, (int) (permit.waitNanos() / 1_000_000_000));
      } else {
        gate(name).giveBack(permit);
      }
    }
    return held;
  }

  private Gate gate(String name) {
    return switch (name) {
      case "events" -> gates.of(ServiceRequest.Caller.DISPATCH);
      case "polls" -> gates.of(ServiceRequest.Caller.ACTIONS);
      case "results" -> gates.of(ServiceRequest.Caller.RESULTS);
      case "scripts" -> gates.of(ServiceRequest.Caller.SCRIPT);
      default -> gates.ofHost(name);
    };
  }

  private void open(String name) {
    for (int i = 0; i < THRESHOLD; i++) {
      gate(name).onAnswer(gate(name).tryAcquire(), Met.BROKEN_500.answer);
    }
  }

  @Test
  void givesTheProbeOfARefusedKeyToOneCallerAndItsAnswerToAll() {
    gate("polls").onAnswer(gate("polls").tryAcquire(), Met.KEY_401.answer);
    clock.advance(Duration.ofSeconds(OPEN_S));
    Gate.Permit probe = gate("results").tryAcquire();
    assertThat(probe.waitNanos()).isZero();
    assertThat(held().keySet()).isEqualTo(Set.copyOf(OF_SERVICE));
    gate("results").onAnswer(probe, Met.OK_200.answer);
    assertThat(held()).isEmpty();
  }

  @Test
  void leavesARefusedKeyHeldThoughAnotherCallersBreakerHasTheProbe() {
    open("polls");
    gate("events").onAnswer(gate("events").tryAcquire(), Met.KEY_401.answer);
    clock.advance(Duration.ofSeconds(OPEN_S - 1));
    assertThat(held()).containsOnlyKeys(OF_SERVICE);
    clock.advance(Duration.ofSeconds(1));
    assertThat(gate("events").tryAcquire().waitNanos()).isZero();
  }

  @Test
  void asksEachAtOnceWhenAnOperatorWillNotWait() {
    OF_SERVICE.forEach(this::open);
    open(HOST);
    open(OTHER_HOST);
    assertThat(held()).hasSize(6);
    gates.retryNow();
    assertThat(held()).isEmpty();
  }

  @Test
  void keepsWhatTheServiceHasOrderedThoughAnOperatorWillNotWait() {
    gate("polls").onAnswer(gate("polls").tryAcquire(), Met.MANY_429_AFTER_600.answer);
    gates.retryNow();
    assertThat(held()).containsOnlyKeys(OWN);
    assertThat(gates.announced().epochMs()).isEqualTo(clock.epochMs() + 600_000);
  }

  @Test
  void tellsHowEachStandsAndOfHostsThoseThatCannotBeAsked() {
    assertThat(gates.status())
        .extracting(GateStatus::name, GateStatus::state, GateStatus::waitMs, GateStatus::failing)
        .containsExactly(
            tuple("events", GateState.CLOSED, 0L, false),
            tuple("polls", GateState.CLOSED, 0L, false),
            tuple("results", GateState.CLOSED, 0L, false),
            tuple("scripts", GateState.CLOSED, 0L, false));
    open("polls");
    open(HOST);
    gates.ofHost(OTHER_HOST);
    assertThat(gates.status())
        .filteredOn(gate -> gate.waitMs() > 0)
        .containsExactly(
            new GateStatus("polls", GateState.OPEN, 60_000, "said", true, 0, THRESHOLD, THRESHOLD),
            new GateStatus(HOST, GateState.OPEN, 60_000, "said", true, 0, THRESHOLD, THRESHOLD));
    assertThat(gates.status()).hasSize(5);
    clock.advance(Duration.ofSeconds(OPEN_S));
    assertThat(gates.status()).as("a host that may be asked again").hasSize(4);
  }

  @Test
  void tellsNoMoreThanAStatusHasRoomFor() {
    Answer long500 =
        new Answer(Answer.Kind.FAILED, 500, -1, new byte[0], "HTTP 500", 1, "x".repeat(5000));
    for (int host = 0; host < 100; host++) {
      for (int i = 0; i < THRESHOLD; i++) {
        Gate gate = gates.ofHost("h" + host + ":80");
        gate.onAnswer(gate.tryAcquire(), long500);
      }
    }
    assertThat(gates.status()).hasSize(4 + Gates.MAX_TOLD);
    assertThat(gates.status()).allMatch(gate -> gate.said().length() <= 200);
  }

  @Test
  void isNotFailingWhileItWaitsHalfOpenForMoreThanTheOneThatWasTaken() {
    open("events");
    clock.advance(Duration.ofSeconds(OPEN_S).plusMillis(1));
    Gate.Permit probe = gate("events").tryAcquire();
    assertThat(gate("events").isFailing()).isTrue();
    gate("events").onAnswer(probe, Met.OK_200.answer);
    assertThat(gate("events").breakerState()).isEqualTo(GateState.HALF_OPEN);
    assertThat(gate("events").isFailing()).isFalse();
  }

  @Test
  void remembersNoMoreHostsThanItMay() {
    open(HOST);
    for (int i = 0; i < Gates.MAX_HOSTS - 1; i++) {
      gates.ofHost("h" + i + ":80");
    }
    assertThat(gate(HOST).breakerState()).isEqualTo(GateState.OPEN);
    gates.ofHost("one-more:80");
    assertThat(gate(HOST).breakerState()).as("begins anew").isEqualTo(GateState.CLOSED);
  }
}
