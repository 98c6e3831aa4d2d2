package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.run.Duty;
import org.junit.jupiter.api.Test;

class DispatcherBatchTest {
  private static final String ONE_LANE = "lanes = 1\nbatch_size = 50\nmax_batch_size = 200\n";

  @Test
  void sendsAtOnceWhenABatchIsFull() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.publish(49, 1).runAll();
      assertThat(bench.transport.sent).isEmpty();
      bench.publish(1, 1).runAll();
      assertThat(sizes(bench)).containsExactly(50);
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(50);
    }
  }

  @Test
  void sendsAShortBatchWhenItsOldestEventHasTheAge() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.publish(3, 1).runAll();
      bench.clock.advance(Duration.ofMillis(999));
      bench.runAll();
      assertThat(bench.transport.sent).isEmpty();
      bench.clock.advance(Duration.ofMillis(1));
      bench.runAll();
      assertThat(sizes(bench)).containsExactly(3);
    }
  }

  @Test
  void staysWatchfulWhileAnEventWaitsForItsBatch() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.runAll();
      assertThat(bench.dispatcher.mayRestNanos()).isEqualTo(Long.MAX_VALUE);
      bench.publish(1, 1).runAll();
      assertThat(bench.dispatcher.mayRestNanos()).isEqualTo(Duty.WATCHFUL_NANOS);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(sizes(bench)).containsExactly(1);
      assertThat(bench.dispatcher.mayRestNanos()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void sendsAnUrgentEventAtOnceWithWhatCameBefore() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.publish(2, 1).publish(GameEvent.dailyReset()).runAll();
      assertThat(sizes(bench)).containsExactly(3);
    }
  }

  @Test
  void growsBatchesBehindABacklog() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.holdAnswers = true;
      bench.publish(50, 1).runAll();
      bench.publish(1000, 1).runAll();
      while (!bench.transport.pending.isEmpty()) {
        bench.transport.pending.remove().run();
        bench.runAll();
      }
      assertThat(sizes(bench)).containsExactly(50, 200, 200, 200, 200, 200);
      assertThat(bench.transport.mostInFlight).isEqualTo(1);
    }
  }

  @Test
  void keepsBatchesBelowTheirBytes() {
    try (Bench bench = new Bench(ONE_LANE + "max_batch_bytes = 2000")) {
      bench.publish(100, 1).runAll();
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.sent).allMatch(sent -> sent.bytes() <= 2000);
      assertThat(sizes(bench)).hasSize(10);
      assertThat(bench.transport.takenIds()).hasSize(100).doesNotHaveDuplicates();
    }
  }

  @Test
  void sendsAnEventAloneThatIsLargerThanABatchMayBe() {
    try (Bench bench = new Bench(ONE_LANE + "max_batch_bytes = 1024")) {
      GameEvent large = GameEvent.custom("test", 1, null, "{\"a\":\"" + "x".repeat(5000) + "\"}");
      bench.publish(1, 1).publish(large).publish(large).publish(1, 1);
      bench.runUntilDone();
      assertThat(sizes(bench)).containsExactly(1, 1, 1, 1);
    }
  }

  @Test
  void sendsWhatIsThereWhenClosing() {
    try (Bench bench = new Bench("lanes = 4")) {
      for (int player = 0; player < 20; player++) {
        bench.publish(1, player);
      }
      bench.runAll();
      assertThat(bench.transport.sent).isEmpty();
      bench.dispatcher.beginClosing();
      bench.runAll();
      assertThat(bench.transport.takenIds()).hasSize(20);
      assertThat(bench.dispatcher.isDrained()).isTrue();
    }
  }

  @Test
  void hasOneRequestUnderWayInEachLaneAndKeepsAPlayerInOne() {
    try (Bench bench = new Bench("lanes = 4\nbatch_size = 5\nmax_batch_size = 5\n")) {
      bench.transport.holdAnswers = true;
      for (int round = 0; round < 20; round++) {
        for (int player = 0; player < 40; player++) {
          bench.publish(1, player);
        }
      }
      bench.runAll();
      assertThat(bench.transport.mostInFlight).isEqualTo(4);
      for (int i = 0; !bench.transport.pending.isEmpty(); i++) {
        // Answers come in any order.
        if (i % 3 == 0) {
          bench.transport.pending.add(bench.transport.pending.remove());
        }
        bench.transport.pending.remove().run();
        bench.runAll();
      }
      bench.transport.holdAnswers = false;
      bench.runUntilDone();
      assertThat(bench.transport.mostInFlight).isEqualTo(4);
      assertOrderedByPlayer(bench);
      assertThat(bench.transport.takenIds()).hasSize(800).doesNotHaveDuplicates();
    }
  }

  @Test
  void keepsAPlayersOrderThroughFailuresHalvingAndDeadLetters() {
    try (Bench bench = new Bench("lanes = 3\nbatch_size = 8\nmax_batch_size = 16\n")) {
      int[] calls = {0};
      bench.transport.service =
          sent -> {
            if (++calls[0] % 4 == 0) {
              return FakeTransport.lost();
            }
            return sent.hasPoison() ? FakeTransport.refused() : FakeTransport.ok();
          };
      for (int i = 0; i < 300; i++) {
        if (i % 37 == 5) {
          bench.publish(Bench.poison(i % 11));
        } else {
          bench.publish(1, i % 11);
        }
      }
      bench.runUntilDone();
      assertOrderedByPlayer(bench);
      assertThat(bench.letters).hasSize(8);
      assertThat(bench.transport.takenIds()).hasSize(292).doesNotHaveDuplicates();
    }
  }

  @Test
  void goesOnInOtherLanesWhenSendingThrows() {
    try (Bench bench = new Bench("lanes = 4\nbatch_size = 1\n")) {
      bench.publish(5, 1).publish(5, 2).publish(5, 3);
      bench.transport.thrown = new IllegalStateException("thrown by the test");
      bench.runAll();
      assertThat(bench.dispatcher.stats().problem()).contains("thrown by the test");
      bench.transport.thrown = null;
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(15).doesNotHaveDuplicates();
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
    }
  }

  @Test
  void asksAgainWhenTheTransportSaysSoAndNotBefore() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.waitNanos = Duration.ofSeconds(10).toNanos();
      bench.publish(50, 1).runAll();
      assertThat(bench.dispatcher.isStuck()).isTrue();
      bench.transport.waitNanos = 0;
      bench.clock.advance(Duration.ofMillis(9999));
      bench.runAll();
      assertThat(bench.transport.sent).isEmpty();
      bench.clock.advance(Duration.ofMillis(1));
      bench.runAll();
      assertThat(sizes(bench)).containsExactly(50);
    }
  }

  @Test
  void sendsTheSameContentUnderTheSameKeyAfterEachFailureAndWaitsTwiceAsLong() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.service = sent -> FakeTransport.failed();
      bench.publish(50, 1).runAll();
      for (long wait : new long[] {1000, 2000, 4000}) {
        bench.publish(10, 1);
        int before = bench.transport.sent.size();
        bench.clock.advance(Duration.ofMillis(wait - 1));
        bench.runAll();
        assertThat(bench.transport.sent).hasSize(before);
        bench.clock.advance(Duration.ofMillis(1));
        bench.runAll();
        assertThat(bench.transport.sent).hasSize(before + 1);
      }
      assertThat(bench.transport.sent.stream().map(FakeTransport.Sent::key))
          .containsOnly(bench.transport.sent.get(0).key());
      assertThat(bench.transport.sent.stream().map(FakeTransport.Sent::body))
          .containsOnly(bench.transport.sent.get(0).body());
      assertThat(bench.dispatcher.stats().resent()).isEqualTo(150);
      assertThat(bench.letters).isEmpty();
    }
  }

  @Test
  void neitherLosesNorBuriesAnythingWhileCredentialsAreRefused() {
    for (Answer.Kind kind : List.of(Answer.Kind.UNAUTHORIZED, Answer.Kind.REDIRECT)) {
      try (Bench bench = new Bench(ONE_LANE)) {
        bench.publish(60, 1);
        bench.transport.service =
            sent -> {
              bench.transport.waitNanos = Duration.ofSeconds(60).toNanos();
              return FakeTransport.answer(kind, 401, "");
            };
        bench.runAll();
        assertThat(bench.transport.sent).hasSize(1);
        assertThat(bench.letters).isEmpty();
        bench.transport.waitNanos = 0;
        bench.transport.service = sent -> FakeTransport.ok();
        bench.clock.advance(Duration.ofSeconds(60));
        bench.runUntilDone();
        assertThat(bench.transport.takenIds()).hasSize(60);
      }
    }
  }

  @Test
  void doesNotAskWithoutPauseAServiceThatSaysComeBackAtOnce() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.service =
          sent -> new Answer(Answer.Kind.COME_BACK, 503, 0, new byte[0], "HTTP 503", 1);
      bench.publish(50, 1).runAll();
      assertThat(bench.transport.sent).hasSize(1);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.sent).hasSize(2);
    }
  }

  static void assertOrderedByPlayer(Bench bench) {
    bench.transport.taken.stream()
        .map(event -> event.path("player_id").asLong())
        .distinct()
        .forEach(
            player -> {
              List<Long> sequences =
                  bench.transport.taken.stream()
                      .filter(event -> event.path("player_id").asLong() == player)
                      .map(event -> sequence(event.path("event_id").asText()))
                      .toList();
              assertThat(sequences).as("player %d", player).isSorted();
            });
  }

  static long sequence(String eventId) {
    return Long.parseLong(eventId.substring(eventId.indexOf(':') + 1));
  }

  private static List<Integer> sizes(Bench bench) {
    return IntStream.range(0, bench.transport.sent.size())
        .map(i -> bench.transport.sent.get(i).size())
        .boxed()
        .toList();
  }
}
