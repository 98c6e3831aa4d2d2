package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.GateState;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.http.GatedTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One event at which the service fails, behind the real breaker: how long the others wait. */
class PoisonedEventTest {
  private static final int PLAYERS = 40;
  private static final long POISONED = 7;
  private static final int STEP_MS = 250;

  /** An answer that the service gives after a while. */
  private record Coming(long atMs, FakeTransport.Sent sent, Answer answer) {}

  private final Bench bench = new Bench("max_batch_size = 60\nmax_batch_bytes = 16384\n");
  private final GatedTransport gate =
      new GatedTransport(bench.transport, bench.config, bench.clock);
  private final Deque<Coming> quick = new ArrayDeque<>();
  private final Deque<Coming> slow = new ArrayDeque<>();
  private final Random random = new Random(1);

  /** When each event was published, by the number in its payload, in ms since the epoch. */
  private final Map<Long, Long> bornMs = new HashMap<>();

  /** The longest wait of an event that is not in the poisoned event's lane, in ms. */
  private long longestMs;

  private int seen;

  private void publish() {
    bornMs.put((long) bornMs.size(), bench.clock.epochMs());
    bench.publish(1, random.nextInt(PLAYERS));
  }

  private void step() {
    long now = bench.clock.epochMs();
    for (Deque<Coming> all : List.of(quick, slow)) {
      while (!all.isEmpty() && all.peek().atMs <= now) {
        Coming due = all.poll();
        if (due.answer.kind() == Answer.Kind.OK) {
          bench.transport.taken.addAll(due.sent.events());
        }
        due.sent.onAnswer().accept(due.answer);
      }
    }
    int work = bench.dispatcher.runOnce();
    for (int i = 0; work > 0 && i < 100; i++) {
      work = bench.dispatcher.runOnce();
    }
    for (; seen < bench.transport.taken.size(); seen++) {
      long player = bench.transport.taken.get(seen).path("player_id").asLong();
      long number = bench.transport.taken.get(seen).path("payload").path("monster_id").asLong();
      if (lane(player) != lane(POISONED)) {
        longestMs = Math.max(longestMs, now - bornMs.get(number));
      }
    }
    bench.clock.advance(Duration.ofMillis(STEP_MS));
  }

  private int lane(long player) {
    return bench.laneOf(GameEvent.monsterKill(player, "prontera", 1));
  }

  /**
   * The quiet server has an event a second; the busy ones get more than two batches into the
   * poisoned lane, at which reading would end for all. The first batch has events of every lane, so
   * that all wait for the minute in which it stays whole.
   */
  @ParameterizedTest
  @CsvSource({
    "HTTP 500, 1, 85,  330",
    "reset,    5, 85,  330",
    "HTTP 500, 200, 85,  330",
    "timeout, 1, 120, 600",
  })
  void keepsOtherEventsForOneWaitOfTheBreakerAtMostAndBecomesALetter(
      String how, int perSecond, int othersSeconds, int letterSeconds) {
    try (bench) {
      bench.way = gate;
      bench.transport.service =
          sent -> {
            boolean late = how.equals("timeout") && sent.hasPoison();
            Answer answer = sent.hasPoison() ? IsolationTest.down(how) : FakeTransport.ok();
            long atMs = bench.clock.epochMs() + (late ? 35_000 : 50);
            (late ? slow : quick).add(new Coming(atMs, sent, answer));
            return null;
          };
      for (int i = 0; i < 40; i++) {
        publish();
      }
      bench.publish(Bench.poison(POISONED));
      long startMs = bench.clock.epochMs();
      int published = 0;
      while (bench.letters.isEmpty()) {
        long passedMs = bench.clock.epochMs() - startMs;
        assertThat(passedMs).as("until the letter").isLessThan(letterSeconds * 1000L);
        for (; published < passedMs * perSecond / 1000; published++) {
          publish();
        }
        step();
      }
      long letterMs = bench.clock.epochMs() - startMs;
      for (int i = 0; i < 40_000 / STEP_MS; i++) {
        step();
      }
      assertThat(longestMs).as("others").isLessThan(othersSeconds * 1000L);
      assertThat(letterMs)
          .as("no sooner than a part of the service restarts")
          .isGreaterThan(120_000);
      assertThat(bench.letters.get(0).eventJson()).asString().contains("poison");
      assertThat(bench.transport.takenIds()).hasSize(bornMs.size()).doesNotHaveDuplicates();
      assertThat(gate.breaker()).isEqualTo(GateState.CLOSED);
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  void stillOpensTheBreakerInAnOutageAndLosesNothing() {
    try (bench) {
      bench.way = gate;
      boolean[] up = {false};
      List<Long> triedMs = new ArrayList<>();
      bench.transport.service =
          sent -> {
            triedMs.add(bench.clock.epochMs());
            Answer answer = up[0] ? FakeTransport.ok() : IsolationTest.down("HTTP 500");
            quick.add(new Coming(bench.clock.epochMs() + 50, sent, answer));
            return null;
          };
      int minutes = 5;
      for (int i = 0; i < minutes * 60; i++) {
        publish();
        for (int j = 0; j < 1000 / STEP_MS; j++) {
          step();
        }
      }
      assertThat(triedMs).as("five, then at most three a minute").hasSizeLessThan(5 + 3 * minutes);
      assertThat(gate.breaker()).isNotEqualTo(GateState.CLOSED);
      assertThat(bench.letters).isEmpty();
      up[0] = true;
      for (int i = 0; i < 90_000 / STEP_MS; i++) {
        step();
      }
      assertThat(bench.letters).isEmpty();
      assertThat(bench.transport.takenIds()).hasSize(minutes * 60).doesNotHaveDuplicates();
      assertThat(gate.breaker()).isEqualTo(GateState.CLOSED);
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }
}
