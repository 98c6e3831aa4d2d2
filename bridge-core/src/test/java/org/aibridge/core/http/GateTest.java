package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.service.Trial;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private static final Duration OPEN_TIME = Duration.ofSeconds(60);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(35);

  private final ManualClock clock = new ManualClock();
  private final NotBefore notBefore = new NotBefore(clock);
  private final Hold key = new Hold(OPEN_TIME.toNanos(), clock);
  private final Gate gate = gate(5, 3);

  /** Shares the key with the other. */
  private final Gate scripts = gate(5, 3, false);

  private Gate gate(int threshold, int probes) {
    return gate(threshold, probes, true);
  }

  private Gate gate(int threshold, int probes, boolean tells) {
    return new Gate(
        new BridgeConfig.CircuitBreaker(threshold, OPEN_TIME, probes),
        CALL_TIMEOUT,
        notBefore,
        key,
        tells,
        clock);
  }

  @Test
  void opensOnTheFifthConsecutiveFailureAndNotBefore() {
    for (int i = 0; i < 4; i++) {
      answer(failed(500));
      assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
    }
    answer(none());
    assertThat(gate.breakerState()).isEqualTo(GateState.OPEN);
    assertThat(gate.tryAcquire().waitNanos()).isEqualTo(OPEN_TIME.toNanos());
  }

  /** As after a standstill of this process, when what had been answered meanwhile is read. */
  @Test
  void staysClosedAfterAnswersThatTookMinutes() {
    long latency = Duration.ofMinutes(2).toNanos();
    times(20, new Answer(Answer.Kind.OK, 200, -1, new byte[0], "", latency));
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @Test
  void letsTheNextRequestAskWhenAnOperatorWillNotWait() {
    gate.retryNow();
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
    times(5, none());
    clock.advance(OPEN_TIME.dividedBy(2));
    gate.retryNow();
    answer(none());
    assertThat(gate.breakerState()).as("the one that failed has told").isEqualTo(GateState.OPEN);
    assertThat(gate.tryAcquire().waitNanos()).isEqualTo(OPEN_TIME.toNanos());
    gate.retryNow();
    times(3, ok());
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
    answer(kind(Answer.Kind.UNAUTHORIZED, 401));
    assertThat(gate.tryAcquire().waitNanos()).isPositive();
    gate.retryNow();
    assertThat(scripts.tryAcquire().waitNanos()).as("one that cannot tell").isPositive();
    assertThat(gate.tryAcquire().waitNanos()).isZero();
  }

  @Test
  void tellsWhatBecameOfTheFirstRequestThatAnOperatorAskedFor() {
    Gate.Permit before = gate.tryAcquire();
    gate.retryNow();
    assertThat(gate.trial()).isEqualTo(new Trial(false, false, Trial.State.BEHIND, ""));
    gate.onAnswer(before, none().saying("reset"));
    assertThat(gate.trial().state()).as("that one is not it").isEqualTo(Trial.State.NOTHING);
    times(4, none().saying("reset"));
    gate.retryNow();
    assertThat(gate.trial()).isEqualTo(new Trial(true, true, Trial.State.NOTHING, ""));
    Gate.Permit unsent = gate.tryAcquire();
    gate.giveBack(unsent);
    assertThat(gate.trial().state()).isEqualTo(Trial.State.NOTHING);
    Gate.Permit asked = gate.tryAcquire();
    assertThat(gate.trial().state()).isEqualTo(Trial.State.UNDER_WAY);
    gate.onAnswer(asked, failed(500).saying("HTTP 500"));
    assertThat(gate.trial().state()).isEqualTo(Trial.State.FAILED);
    assertThat(gate.trial().said()).isEqualTo(gate.said()).isNotEmpty();
    gate.retryNow();
    times(2, ok());
    assertThat(gate.trial()).isEqualTo(new Trial(true, true, Trial.State.TAKEN, ""));
  }

  @Test
  void keepsTheWaitThatTheServiceHasOrderedThoughAnOperatorWillNotWait() {
    notBefore.stayAway(30_000);
    gate.retryNow();
    assertThat(gate.tryAcquire().waitNanos()).isEqualTo(30_000_000_000L);
  }

  @Test
  void takesLeaveBackThatHasWaitedForAThread() {
    Gate.Permit early = gate.tryAcquire();
    assertThat(gate.isStillGiven(early)).isTrue();
    notBefore.stayAway(30_000);
    assertThat(gate.isStillGiven(early)).as("the service ordered a wait").isFalse();
    clock.advance(Duration.ofSeconds(30));
    assertThat(gate.isStillGiven(early)).isTrue();
    answer(kind(Answer.Kind.UNAUTHORIZED, 401));
    assertThat(gate.isStillGiven(early)).as("our key is refused").isFalse();
    clock.advance(OPEN_TIME);
    Gate.Permit probe = gate.tryAcquire();
    assertThat(gate.isStillGiven(probe)).as("the one that tells").isTrue();
    gate.onAnswer(probe, ok());
    times(5, failed(500));
    assertThat(gate.isStillGiven(early)).as("the breaker has opened").isFalse();
  }

  @Test
  void startsCountingAnewAfterASuccess() {
    for (int round = 0; round < 20; round++) {
      times(4, failed(503));
      answer(ok());
    }
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
    times(5, failed(503));
    assertThat(gate.breakerState()).isEqualTo(GateState.OPEN);
  }

  @Test
  void isNotMovedByComeBackNorBy429NorByACancelledCall() {
    times(4, failed(500));
    times(10, new Answer(Answer.Kind.COME_BACK, 429, 0, new byte[0], "", 1));
    times(10, new Answer(Answer.Kind.COME_BACK, 503, 0, new byte[0], "", 1));
    times(10, failed(429));
    times(10, failed(408));
    times(10, Answer.without(Answer.Kind.CANCELLED, "", 1));
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
    answer(failed(500));
    assertThat(gate.breakerState()).isEqualTo(GateState.OPEN);
  }

  @Test
  void isNotMovedByAFailureOfOurOwnInAnyState() {
    times(4, failed(500));
    times(10, local());
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
    answer(failed(500));
    assertThat(gate.breakerState()).isEqualTo(GateState.OPEN);
    clock.advance(OPEN_TIME.plusMillis(1));
    times(10, local());
    assertThat(gate.breakerState()).isEqualTo(GateState.HALF_OPEN);
    times(3, ok());
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @Test
  void givesTheProbeOfAHoldBackAfterAFailureOfOurOwn() {
    answer(kind(Answer.Kind.UNAUTHORIZED, 401));
    clock.advance(OPEN_TIME.plusMillis(1));
    for (int i = 0; i < 10; i++) {
      answer(local());
      assertThat(gate.holdReason()).isNotEmpty();
    }
    answer(ok());
    assertThat(gate.holdReason()).isEmpty();
  }

  private static Answer local() {
    return Answer.without(Answer.Kind.LOCAL_FAILURE, "too many open files", 1);
  }

  @Test
  void neverCountsARefusal() {
    for (int status : new int[] {400, 404, 409, 415, 422}) {
      times(10, kind(Answer.Kind.REFUSED, status));
    }
    times(10, kind(Answer.Kind.TOO_LARGE, 413));
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @Test
  void letsThreeProbesThroughAfterItsTimeAndClosesWhenTheySucceed() {
    open();
    clock.advance(OPEN_TIME.minusMillis(1));
    assertThat(gate.tryAcquire().waitNanos()).isPositive();
    clock.advance(Duration.ofMillis(2));
    List<Gate.Permit> probes = List.of(permit(), permit(), permit());
    assertThat(gate.breakerState()).isEqualTo(GateState.HALF_OPEN);
    assertThat(gate.tryAcquire().waitNanos()).isPositive();
    probes.forEach(p -> gate.onAnswer(p, ok()));
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @Test
  void reopensOnceAProbeHasFailedAndNoOtherCanBeTaken() {
    open();
    clock.advance(OPEN_TIME.plusMillis(1));
    answer(failed(500));
    assertThat(gate.breakerState()).as("the only one").isEqualTo(GateState.OPEN);
    clock.advance(OPEN_TIME.plusMillis(1));
    Gate.Permit first = permit();
    Gate.Permit second = permit();
    gate.onAnswer(first, failed(500));
    assertThat(gate.breakerState()).as("one is under way").isEqualTo(GateState.HALF_OPEN);
    gate.onAnswer(second, none());
    assertThat(gate.breakerState()).isEqualTo(GateState.OPEN);
    assertThat(gate.tryAcquire().waitNanos()).isEqualTo(OPEN_TIME.toNanos());
    clock.advance(OPEN_TIME.plusMillis(1));
    Gate.Permit third = permit();
    Gate.Permit unsent = permit();
    gate.onAnswer(third, failed(500));
    gate.giveBack(unsent);
    assertThat(gate.breakerState()).as("nothing is left").isEqualTo(GateState.OPEN);
  }

  @Test
  void closesAfterAProbeThatWasTakenThoughOneFailedBeforeIt() {
    open();
    clock.advance(OPEN_TIME.plusMillis(1));
    Gate.Permit bad = permit();
    Gate.Permit good = permit();
    gate.onAnswer(bad, failed(500));
    gate.onAnswer(good, ok());
    assertThat(gate.breakerState()).isEqualTo(GateState.HALF_OPEN);
    answer(failed(500));
    assertThat(gate.breakerState()).as("the same batch again").isEqualTo(GateState.CLOSED);
    open();
  }

  @Test
  void doesNotTakeALateAnswerForAProbes() {
    Gate.Permit early = permit();
    Gate.Permit another = permit();
    open();
    clock.advance(OPEN_TIME.plusMillis(1));
    List<Gate.Permit> probes = List.of(permit(), permit(), permit());
    gate.onAnswer(early, none());
    assertThat(gate.breakerState()).isEqualTo(GateState.HALF_OPEN);
    gate.onAnswer(another, Answer.without(Answer.Kind.CANCELLED, "", 1));
    assertThat(gate.tryAcquire().waitNanos()).isPositive();
    probes.forEach(p -> gate.onAnswer(p, ok()));
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @Test
  void neverStaysHalfOpenOverAHundredCyclesOfHungThrownAndCancelledProbes() {
    open();
    for (int cycle = 0; cycle < 100; cycle++) {
      clock.advance(OPEN_TIME.plusMillis(1));
      Gate.Permit probe = permit();
      switch (cycle % 4) {
        case 0 -> permit(); // hung, as is the first
        case 1 -> gate.onAnswer(probe, none());
        case 2 -> gate.onAnswer(probe, Answer.without(Answer.Kind.CANCELLED, "", 1));
        default -> gate.giveBack(probe);
      }
      clock.advance(OPEN_TIME.plus(CALL_TIMEOUT).plusMillis(1));
      answerProbes();
      clock.advance(OPEN_TIME.plusMillis(1));
      answerProbes();
      assertThat(gate.breakerState()).as("cycle %d", cycle).isEqualTo(GateState.CLOSED);
      open();
    }
  }

  @Test
  void ignoresJumpsOfTheWallClock() {
    open();
    clock.jumpWallClock(Duration.ofDays(400));
    assertThat(gate.tryAcquire().waitNanos()).isEqualTo(OPEN_TIME.toNanos());
    clock.advance(OPEN_TIME.plusMillis(1));
    clock.jumpWallClock(Duration.ofDays(-900));
    assertThat(gate.tryAcquire().waitNanos()).isZero();
  }

  @Test
  void neverLetsConcurrentCallersHaveMoreThanTheProbes() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int cycle = 0; cycle < 50; cycle++) {
        Gate one = gate(1, 3);
        one.onAnswer(one.tryAcquire(), failed(500));
        clock.advance(OPEN_TIME.plusMillis(1));
        AtomicInteger permits = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          callers.add(
              threads.submit(
                  () -> {
                    start.await();
                    for (int j = 0; j < 20; j++) {
                      if (one.tryAcquire().waitNanos() == 0) {
                        permits.incrementAndGet();
                      }
                    }
                    return null;
                  }));
        }
        start.countDown();
        for (Future<?> caller : callers) {
          caller.get();
        }
        assertThat(permits).hasValue(3);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closesAgainThoughItsProbesAreFarApart() {
    open();
    for (int probe = 0; probe < 3; probe++) {
      clock.advance(OPEN_TIME.plus(CALL_TIMEOUT).plusMinutes(1));
      answer(ok());
    }
    assertThat(gate.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @Test
  void holdsAfterRefusedCredentialsButForOneProbeAWait() {
    answer(kind(Answer.Kind.UNAUTHORIZED, 401));
    assertThat(gate.holdReason()).isNotEmpty();
    for (int wait = 0; wait < 5; wait++) {
      assertThat(gate.tryAcquire().waitNanos()).isEqualTo(OPEN_TIME.toNanos());
      clock.advance(OPEN_TIME);
      Gate.Permit probe = permit();
      assertThat(gate.tryAcquire().waitNanos()).isPositive();
      gate.onAnswer(probe, kind(Answer.Kind.UNAUTHORIZED, 403));
    }
    clock.advance(OPEN_TIME);
    answer(ok());
    assertThat(gate.holdReason()).isEmpty();
    permit();
    permit();
  }

  @ParameterizedTest
  @CsvSource({"404,REFUSED", "405,REFUSED", "404,BLOCKED", "402,BLOCKED"})
  void keepsHoldingARefusedKeyWhereTheKeyWasNotLookedAt(int status, Answer.Kind kind) {
    answer(kind(Answer.Kind.UNAUTHORIZED, 401));
    clock.advance(OPEN_TIME);
    answer(kind(kind, status));
    assertThat(gate.holdReason()).isNotEmpty();
  }

  @Test
  void holdsWhileThePathIsMissing() {
    answer(kind(Answer.Kind.BLOCKED, 404));
    assertThat(gate.tryAcquire().waitNanos()).isPositive();
    clock.advance(OPEN_TIME);
    answer(ok());
    assertThat(gate.holdReason()).isEmpty();
  }

  @Test
  void holdsAfterARedirectUntilItIsReleased() {
    answer(kind(Answer.Kind.REDIRECT, 302));
    assertThat(gate.tryAcquire().waitNanos()).isPositive();
    gate.release();
    assertThat(gate.tryAcquire().waitNanos()).isZero();
  }

  @Test
  void isNeitherHeldNorReleasedByWhatScriptsAreAnswered() {
    scripts.onAnswer(scripts.tryAcquire(), kind(Answer.Kind.UNAUTHORIZED, 401));
    assertThat(gate.holdReason()).isEmpty();
    Gate.Permit script = scripts.tryAcquire();
    answer(kind(Answer.Kind.UNAUTHORIZED, 401));
    scripts.onAnswer(script, ok());
    assertThat(gate.holdReason()).isNotEmpty();
    clock.advance(OPEN_TIME);
    assertThat(scripts.tryAcquire().waitNanos()).as("a script takes no probe").isPositive();
    assertThat(gate.tryAcquire().waitNanos()).isZero();
  }

  @Test
  void keepsTheProbeOfAHoldForWhenTheBreakerLetsItThrough() {
    Gate.Permit slow = permit();
    times(4, failed(500));
    gate.onAnswer(slow, kind(Answer.Kind.UNAUTHORIZED, 401));
    clock.advance(OPEN_TIME);
    answer(failed(500));
    clock.advance(OPEN_TIME);
    for (int i = 0; i < 4; i++) {
      answer(failed(500));
      clock.advance(OPEN_TIME);
    }
    assertThat(gate.breakerState()).isEqualTo(GateState.OPEN);
    clock.advance(Duration.ofMillis(1));
    assertThat(gate.tryAcquire().waitNanos()).isZero();
  }

  @Test
  void staysAwayAsLongAsTold() {
    answer(new Answer(Answer.Kind.COME_BACK, 429, 120_000, new byte[0], "", 1));
    assertThat(notBefore.epochMs()).isEqualTo(clock.epochMs() + 120_000);
    assertThat(gate.tryAcquire().waitNanos()).isEqualTo(120_000_000_000L);
    assertThat(scripts.tryAcquire().waitNanos()).as("of who shares it").isPositive();
    clock.advance(Duration.ofSeconds(120));
    assertThat(notBefore.epochMs()).isZero();
    permit();
  }

  /** Else a status would tell of a wait of years that nobody keeps, or be silent about one. */
  @ParameterizedTest
  @ValueSource(longs = {-3650, -1, 1, 3650})
  void tellsTheSameWaitHoweverTheWallClockJumps(long days) {
    answer(new Answer(Answer.Kind.COME_BACK, 429, 120_000, new byte[0], "", 1));
    clock.jumpWallClock(Duration.ofDays(days));
    assertThat(notBefore.epochMs()).isEqualTo(clock.epochMs() + 120_000);
    assertThat(gate.waitMs()).isEqualTo(120_000);
    clock.advance(Duration.ofSeconds(120));
    assertThat(notBefore.epochMs()).isZero();
    assertThat(gate.waitMs()).isZero();
    permit();
  }

  private Gate.Permit permit() {
    Gate.Permit permit = gate.tryAcquire();
    assertThat(permit.waitNanos()).isZero();
    return permit;
  }

  private void answerProbes() {
    for (int i = 0; i < 3; i++) {
      Gate.Permit probe = gate.tryAcquire();
      if (probe.waitNanos() == 0) {
        gate.onAnswer(probe, ok());
      }
    }
  }

  private void open() {
    times(5, failed(500));
    assertThat(gate.breakerState()).isEqualTo(GateState.OPEN);
  }

  private void times(int n, Answer answer) {
    for (int i = 0; i < n; i++) {
      answer(answer);
    }
  }

  private void answer(Answer answer) {
    gate.onAnswer(permit(), answer);
  }

  private static Answer ok() {
    return kind(Answer.Kind.OK, 200);
  }

  private static Answer failed(int status) {
    return kind(Answer.Kind.FAILED, status);
  }

  private static Answer none() {
    return Answer.without(Answer.Kind.NO_ANSWER, "reset", 1);
  }

  private static Answer kind(Answer.Kind kind, int status) {
    return new Answer(kind, status, -1, new byte[0], "HTTP " + status, 1);
  }
}
