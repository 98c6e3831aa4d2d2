package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class DispatcherRestartTest {
  private static final String ONE_LANE = "lanes = 1\nbatch_size = 50\nmax_batch_size = 50\n";

  @Test
  void sendsABatchThatWasUnderWayAgainWithTheSameKeyAndContent() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.service = sent -> null;
      bench.publish(20, 1);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      bench.publish(100, 1).runAll();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.killAndRestart();
      bench.runUntilDone();
      FakeTransport.Sent first = bench.transport.sent.get(0);
      FakeTransport.Sent again = bench.transport.sent.get(1);
      assertThat(first.size()).isEqualTo(20);
      assertThat(again.key()).isEqualTo(first.key());
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(bench.transport.takenIds()).hasSize(120).doesNotHaveDuplicates();
    }
  }

  @Test
  void resumesThePartOfAHalvedBatchThatWasUnderWay() {
    try (Bench bench = new Bench(ONE_LANE)) {
      int[] calls = {0};
      bench.transport.service =
          sent -> {
            calls[0]++;
            return calls[0] == 3
                ? null
                : calls[0] < 3 ? FakeTransport.refused() : FakeTransport.ok();
          };
      bench.publish(48, 1);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.sent).hasSize(3);
      bench.killAndRestart();
      bench.runUntilDone();
      assertThat(bench.transport.sent.get(3).key()).isEqualTo(bench.transport.sent.get(2).key());
      assertThat(bench.transport.sent.get(3).body()).isEqualTo(bench.transport.sent.get(2).body());
      assertThat(bench.transport.takenIds()).hasSize(48).doesNotHaveDuplicates();
    }
  }

  @Test
  void sendsABatchThatItsBytesHaveEndedAgainWithTheSameKeyAndContent() {
    try (Bench bench = new Bench("lanes = 1\nmax_batch_bytes = 4096\n")) {
      bench.transport.service = sent -> null;
      GameEvent large = GameEvent.custom("t", 1, null, "{\"text\":\"" + "x".repeat(900) + "\"}");
      for (int i = 0; i < 20; i++) {
        bench.publish(large);
      }
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.killAndRestart();
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runUntilDone();
      FakeTransport.Sent first = bench.transport.sent.get(0);
      assertThat(first.size()).isEqualTo(3);
      assertThat(bench.transport.sent.get(1).key()).isEqualTo(first.key());
      assertThat(bench.transport.sent.get(1).body()).isEqualTo(first.body());
      assertThat(bench.transport.takenIds()).hasSize(20).doesNotHaveDuplicates();
    }
  }

  @Test
  void doesNotSendAcknowledgedEventsAgain() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.publish(130, 1).runAll();
      assertThat(bench.transport.takenIds()).hasSize(100);
      bench.killAndRestart();
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(130).doesNotHaveDuplicates();
      bench.killAndRestart();
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.takenIds()).hasSize(130);
    }
  }

  @Test
  void goesOnAfterARestartWithMuchSmallerBatches() {
    try (Bench bench = new Bench("lanes = 1\nbatch_size = 400\nmax_batch_size = 400\n")) {
      bench.transport.service = sent -> null;
      bench.publish(400, 1).runAll();
      assertThat(bench.transport.sent).hasSize(1);
      bench.transport.service = sent -> FakeTransport.ok();
      bench.killAndRestart(Bench.settings("lanes = 1\nbatch_size = 5\nmax_batch_size = 10\n"));
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(400).doesNotHaveDuplicates();
    }
  }

  @Test
  void losesNothingWhenTheLanesChangeAndUsesNoKeyForTwoContents() {
    try (Bench bench = new Bench("lanes = 4\nbatch_size = 7\nmax_batch_size = 9\n")) {
      Random random = new Random(7);
      bench.transport.service =
          sent -> random.nextInt(3) == 0 ? FakeTransport.lost() : FakeTransport.ok();
      for (int lanes : new int[] {4, 1, 7, 2, 64, 3}) {
        bench.killAndRestart(
            Bench.settings("lanes = " + lanes + "\nbatch_size = 7\nmax_batch_size = 9\n"));
        for (int i = 0; i < 100; i++) {
          bench.publish(1, random.nextInt(20));
        }
        for (int i = 0; i < 10; i++) {
          bench.run();
        }
      }
      bench.runUntilDone();
      assertThat(new HashSet<>(bench.transport.takenIds())).hasSize(600);
      assertOneContentAKey(bench);
    }
  }

  @Test
  void remembersToStayAway() {
    try (Bench bench = new Bench(ONE_LANE)) {
      long until = bench.clock.epochMs() + 120_000;
      bench.transport.service =
          sent -> {
            bench.transport.notBeforeMs = until;
            return new Answer(Answer.Kind.COME_BACK, 429, 120_000, new byte[0], "HTTP 429", 1);
          };
      bench.transport.holdAnswers = true;
      bench.publish(50, 1).runAll();
      bench.transport.waitNanos = Duration.ofSeconds(120).toNanos();
      bench.transport.pending.remove().run();
      bench.runAll();
      bench.killAndRestart();
      assertThat(bench.journal.cursor().notBeforeMs()).isEqualTo(until);
    }
  }

  @Property(tries = 15)
  void bringsEveryEventToItsEndThroughAnyAnswersAndKills(@ForAll Random random) {
    String lines = "lanes = 3\nbatch_size = 6\nmax_batch_size = 12\nmax_batch_bytes = 1024\n";
    try (Bench bench = new Bench(lines)) {
      Set<String> published = new LinkedHashSet<>();
      bench.transport.service = sent -> randomAnswer(bench, sent, random);
      for (int step = 0; step < 60; step++) {
        int n = random.nextInt(8);
        for (int i = 0; i < n; i++) {
          if (random.nextInt(15) == 0) {
            bench.publish(Bench.poison(random.nextInt(9)));
          } else {
            bench.publish(1, random.nextInt(9));
          }
        }
        published.addAll(bench.waitingIds());
        for (int i = random.nextInt(4); i > 0; i--) {
          bench.run();
        }
        bench.transport.holdAnswers = random.nextInt(3) == 0;
        if (!bench.transport.pending.isEmpty() && random.nextBoolean()) {
          bench.transport.pending.remove().run();
        }
        bench.clock.advance(Duration.ofMillis(random.nextInt(2000)));
        bench.lettersFail = random.nextInt(4) == 0 ? new IllegalStateException("full") : null;
        if (random.nextInt(10) == 0) {
          bench.killAndRestart();
        }
      }
      bench.killAndRestart();
      bench.lettersFail = null;
      bench.transport.holdAnswers = false;
      bench.transport.service =
          sent -> sent.hasPoison() ? FakeTransport.refused() : FakeTransport.ok();
      bench.runUntilDone();
      Set<String> ended = new HashSet<>(bench.transport.takenIds());
      ended.addAll(bench.letterIds());
      assertThat(ended).containsExactlyInAnyOrderElementsOf(published);
      assertThat(bench.waiting()).isZero();
      assertOneContentAKey(bench);
      assertFirstTakenInOrder(bench);
    }
  }

  private static Answer randomAnswer(Bench bench, FakeTransport.Sent sent, Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> null;
      case 1 -> FakeTransport.lost();
      case 2 -> {
        // Taken, but the answer is lost on the way.
        if (!sent.hasPoison()) {
          bench.transport.taken.addAll(sent.events());
        }
        yield FakeTransport.lost();
      }
      case 3 -> FakeTransport.failed();
      case 4 ->
          sent.size() > 3
              ? FakeTransport.answer(Answer.Kind.TOO_LARGE, 413, "")
              : FakeTransport.failed();
      case 5 -> new Answer(Answer.Kind.COME_BACK, 429, 0, new byte[0], "HTTP 429", 1);
      case 6 -> FakeTransport.answer(Answer.Kind.UNAUTHORIZED, 401, "");
      default -> sent.hasPoison() ? FakeTransport.refused() : FakeTransport.ok();
    };
  }

  private static void assertOneContentAKey(Bench bench) {
    Map<String, List<String>> contents = new HashMap<>();
    for (FakeTransport.Sent sent : bench.transport.sent) {
      List<String> before = contents.putIfAbsent(sent.key(), sent.ids());
      assertThat(before == null || before.equals(sent.ids())).as(sent.key()).isTrue();
    }
  }

  /** Events may come twice, but the first time each comes is in the player's order. */
  private static void assertFirstTakenInOrder(Bench bench) {
    Map<Long, Long> last = new HashMap<>();
    Set<String> seen = new HashSet<>();
    bench.transport.taken.forEach(
        event -> {
          String id = event.path("event_id").asText();
          if (seen.add(id)) {
            long sequence = DispatcherBatchTest.sequence(id);
            Long before = last.put(event.path("player_id").asLong(), sequence);
            assertThat(before == null || before < sequence).as(id).isTrue();
          }
        });
  }
}
