package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** What is told of the lane that stands the longest, while others go on. */
class StandingTest {
  private static final String LANES =
      "lanes = 2\nbatch_size = 1\nmax_batch_size = 2\nbatch_interval = 1000\n";

  private static Answer says(Answer.Kind kind, int status, String said) {
    return new Answer(kind, status, -1, new byte[0], "HTTP " + status, 1000, said);
  }

  private static void seconds(Bench bench, int n) {
    for (int i = 0; i < n; i++) {
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
    }
  }

  private static long standingSeconds(Bench bench) {
    return bench.dispatcher.stats().standingNanos(bench.clock.nanos()) / 1_000_000_000;
  }

  @Test
  void tellsWhatWasSaidToThatLaneAndNotToTheLast() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service =
          sent ->
              sent.hasPoison()
                  ? says(Answer.Kind.FAILED, 500, "HTTP 500, \"no\"")
                  : FakeTransport.ok();
      bench.publish(Bench.poison(1)).runAll();
      DispatchStats stats = bench.dispatcher.stats();
      for (int i = 0; i < 40; i++) {
        bench.publish(1, 2);
        seconds(bench, 1);
        assertThat(stats.said()).isEqualTo("HTTP 500, \"no\"");
        assertThat(stats.failing()).isTrue();
        assertThat(stats.answered()).isTrue();
      }
      assertThat(standingSeconds(bench)).isEqualTo(40);
      assertThat(stats.delivered()).isEqualTo(40);
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(standingSeconds(bench)).isZero();
      assertThat(stats.said()).isEmpty();
      assertThat(stats.failing()).isFalse();
    }
  }

  @Test
  void doesNotCallItFailingThatTheServiceWantsToWait() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service = sent -> says(Answer.Kind.FAILED, 429, "HTTP 429");
      bench.publish(1, 1).runAll();
      seconds(bench, 40);
      assertThat(bench.dispatcher.stats().said()).isEqualTo("HTTP 429");
      assertThat(bench.dispatcher.stats().failing()).isFalse();
      assertThat(standingSeconds(bench)).isEqualTo(40);
    }
  }

  @Test
  void countsForHowLongAnAnswerIsAwaited() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.holdAnswers = true;
      bench.publish(1, 1).runAll();
      seconds(bench, 25);
      long unanswered = bench.dispatcher.stats().unansweredNanos(bench.clock.nanos());
      assertThat(unanswered / 1_000_000_000).isEqualTo(25);
      bench.transport.pending.forEach(Runnable::run);
      bench.runAll();
      assertThat(bench.dispatcher.stats().unansweredNanos(bench.clock.nanos())).isZero();
    }
  }

  @Test
  void tellsWhenTheTrialEventGoesWhileSendingIsPaused() {
    try (Bench bench = new Bench("lanes = 1\nbatch_size = 1\nmax_batch_size = 1\n")) {
      bench.transport.service = sent -> FakeTransport.refused();
      bench.publish(150, 1).runAll();
      DispatchStats stats = bench.dispatcher.stats();
      assertThat(stats.paused()).isTrue();
      assertThat(stats.attemptNanos(bench.clock.nanos()) / 1_000_000_000).isEqualTo(5);
      seconds(bench, 2);
      assertThat(stats.attemptNanos(bench.clock.nanos()) / 1_000_000_000).isEqualTo(3);
    }
  }
}
