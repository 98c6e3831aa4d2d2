package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Function;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the events when the service suddenly refuses most of them. */
class DispatcherSurgeTest {
  private static final String ONE_LANE = "lanes = 1\nbatch_size = 50\nmax_batch_size = 50\n";
  private static final String FOUR_LANES = "lanes = 4\nbatch_size = 50\nmax_batch_size = 50\n";

  /** Refuses everything, and names the events it refuses. */
  private static final Function<FakeTransport.Sent, Answer> REFUSE_ALL =
      sent ->
          FakeTransport.answer(
              Answer.Kind.REFUSED, 422, "{\"detail\":\"event " + sent.ids().get(0) + " is bad\"}");

  @Test
  void pausesInsteadOfBuryingEverything() {
    try (Bench bench = new Bench(ONE_LANE)) {
      deliver(bench, 300);
      pause(bench, 1000);
      assertThat(bench.letters).as("more than half of 200, and then no more").hasSize(100);
      assertThat(bench.waiting()).isEqualTo(900);
      assertThat(bench.dispatcher.isPaused()).isTrue();
      assertThat(bench.dispatcher.stats().paused()).isTrue();
      assertThat(bench.dispatcher.stats().problem()).contains("HTTP 422", "101 of the last 200");
    }
  }

  @Test
  void pausesSoonAfterAStartToo() {
    try (Bench bench = new Bench(FOUR_LANES)) {
      bench.transport.service = REFUSE_ALL;
      for (int player = 0; player < 40; player++) {
        bench.publish(50, player);
      }
      settle(bench);
      assertThat(bench.dispatcher.isPaused()).isTrue();
      assertThat(bench.letters).hasSizeLessThan(SurgeGuard.LEAST);
      assertThat(bench.letters.size() + bench.waiting()).isEqualTo(2000);
    }
  }

  @Test
  void asksWithOneEventAtGrowingIntervals() {
    try (Bench bench = new Bench(ONE_LANE)) {
      deliver(bench, 300);
      pause(bench, 1000);
      int before = bench.transport.sent.size();
      bench.clock.advance(Duration.ofMillis(2900));
      bench.runAll();
      assertThat(bench.transport.sent).hasSize(before);
      long start = bench.clock.nanos();
      for (int second = 0; second < 3600; second++) {
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runAll();
      }
      var probes = bench.transport.sent.subList(before, bench.transport.sent.size());
      assertThat(bench.clock.nanos() - start).isEqualTo(3600_000_000_000L);
      assertThat(probes).as("5, 10, 20, 40, 80, 160 and then 300 s").hasSizeBetween(16, 18);
      assertThat(probes).allMatch(sent -> sent.events().size() == 1);
      assertThat(bench.letters).as("the tried events are kept too").hasSize(100);
    }
  }

  @Test
  void goesOnWhenAnEventIsTaken() {
    try (Bench bench = new Bench(FOUR_LANES)) {
      deliver(bench, 300);
      bench.transport.service = REFUSE_ALL;
      for (int player = 0; player < 40; player++) {
        bench.publish(50, player);
      }
      settle(bench);
      int buried = bench.letters.size();
      assertThat(bench.dispatcher.isPaused()).isTrue();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.clock.advance(Duration.ofSeconds(3));
      bench.runUntilDone();
      assertThat(bench.dispatcher.isPaused()).isFalse();
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
      assertThat(bench.letters).hasSize(buried);
      assertThat(bench.transport.takenIds()).hasSize(2300 - buried).doesNotHaveDuplicates();
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(2300 - buried);
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  void triesAnotherLaneWhenOneHasABadEventInFront() {
    try (Bench bench = new Bench(FOUR_LANES)) {
      bench.transport.service =
          sent -> sent.hasPoison() ? REFUSE_ALL.apply(sent) : FakeTransport.ok();
      for (int i = 0; i < SurgeGuard.LEAST; i++) {
        bench.publish(Bench.poison(1));
      }
      settle(bench);
      assertThat(bench.dispatcher.isPaused()).isTrue();
      for (int player = 2; player < 20; player++) {
        bench.publish(5, player);
      }
      for (int second = 0; second < 60; second++) {
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runAll();
      }
      assertThat(bench.transport.takenIds()).as("the good ones of other lanes").isNotEmpty();
    }
  }

  @Test
  void goesOnAfterAReload() {
    try (Bench bench = new Bench(ONE_LANE)) {
      deliver(bench, 300);
      pause(bench, 1000);
      bench.transport.service = sent -> FakeTransport.ok();
      bench.config = Bench.settings(ONE_LANE);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(100);
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(1200);
    }
  }

  @Test
  void pausesAgainAfterAReloadThatMendedNothing() {
    try (Bench bench = new Bench(ONE_LANE)) {
      deliver(bench, 300);
      pause(bench, 1000);
      bench.config = Bench.settings(ONE_LANE);
      settle(bench);
      assertThat(bench.dispatcher.isPaused()).isTrue();
      assertThat(bench.letters).hasSize(100 + SurgeGuard.LEAST - 1);
    }
  }

  @Test
  void buriesTheRestWhenAnOperatorSaysSoAndGuardsAgainLater() {
    try (Bench bench = new Bench(ONE_LANE)) {
      deliver(bench, 300);
      pause(bench, 1000);
      bench.dispatcher.resume();
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1000);
      deliver(bench, 300);
      pause(bench, 1000);
      assertThat(bench.letters).hasSize(1100);
    }
  }

  @Test
  void neverPausesWhenSwitchedOff() {
    try (Bench bench = new Bench(ONE_LANE + "dlq_surge_percent = 0\n")) {
      bench.transport.service = REFUSE_ALL;
      bench.publish(1000, 1);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1000);
    }
  }

  @Test
  void lonePoisonAtSmallTrafficIsBuriedAsEver() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.service =
          sent -> sent.hasPoison() ? REFUSE_ALL.apply(sent) : FakeTransport.ok();
      for (int i = 0; i < SurgeGuard.LEAST - 1; i++) {
        bench.publish(Bench.poison(1)).runUntilDone();
      }
      assertThat(bench.letters).hasSize(SurgeGuard.LEAST - 1);
      assertThat(bench.dispatcher.isPaused()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 20})
  void goodEventsOfARefusedBatchDoNotCountAsRefused(int badInFifty) {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.service =
          sent -> sent.hasPoison() ? REFUSE_ALL.apply(sent) : FakeTransport.ok();
      for (int i = 0; i < 1000; i++) {
        if (i % 50 < badInFifty) {
          bench.publish(Bench.poison(1));
        } else {
          bench.publish(1, 1);
        }
      }
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(20 * badInFifty);
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(1000 - 20 * badInFifty);
    }
  }

  /** Also where an answer has no field that services usually put their reason in. */
  @ParameterizedTest
  @ValueSource(strings = {"unknown %s", "{\"status\":\"unknown_%s\"}"})
  void manyReasonsAreNoSurge(String answer) {
    try (Bench bench = new Bench(ONE_LANE)) {
      String[] reasons = {"map", "player", "monster", "item"};
      int[] turn = {0};
      bench.transport.service =
          sent ->
              sent.events().size() > 1
                  ? FakeTransport.refused()
                  : FakeTransport.answer(
                      Answer.Kind.REFUSED, 422, answer.formatted(reasons[turn[0]++ % 4]));
      bench.publish(1000, 1);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1000);
    }
  }

  @Test
  void losesNothingWhenKilledInAPause() {
    try (Bench bench = new Bench(ONE_LANE)) {
      deliver(bench, 300);
      pause(bench, 1000);
      bench.clock.advance(Duration.ofSeconds(6));
      bench.runAll();
      bench.killAndRestart();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(100);
      assertThat(bench.transport.takenIds()).hasSize(1200).doesNotHaveDuplicates();
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  private static void deliver(Bench bench, int n) {
    bench.transport.service = sent -> FakeTransport.ok();
    bench.publish(n, 1).runUntilDone();
  }

  private static void pause(Bench bench, int n) {
    bench.transport.service = REFUSE_ALL;
    bench.publish(n, 1);
    settle(bench);
    assertThat(bench.dispatcher.isPaused()).isTrue();
  }

  /** Two seconds, in which nothing is tried again after a pause. */
  private static void settle(Bench bench) {
    bench.runAll();
    bench.clock.advance(Duration.ofSeconds(2));
    bench.runAll();
  }
}
