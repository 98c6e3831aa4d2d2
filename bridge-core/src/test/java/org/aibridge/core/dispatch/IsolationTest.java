package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events at which the service fails, and services that fail. */
class IsolationTest {
  private static final String LANES = "lanes = 4\nbatch_size = 50\nmax_batch_size = 500\n";
  private static final int PLAYERS = 40;

  static Answer down(String how) {
    String said = "POST 127.0.0.1/: " + how;
    return !how.startsWith("HTTP")
        ? new Answer(Answer.Kind.NO_ANSWER, 0, -1, new byte[0], "no answer", 1000, said)
        : new Answer(Answer.Kind.FAILED, 500, -1, new byte[0], "HTTP 500", 1000, said);
  }

  private static Function<FakeTransport.Sent, Answer> failingAtPoison(String how) {
    return sent -> sent.hasPoison() ? down(how) : FakeTransport.ok();
  }

  /** Some events of other players, twice a second. */
  private static void traffic(Bench bench, Duration time, Random random) {
    for (long ms = 0; ms < time.toMillis(); ms += 500) {
      for (int i = 0; i < 2; i++) {
        bench.publish(1, random.nextInt(PLAYERS));
      }
      bench.runAll();
      bench.clock.advance(Duration.ofMillis(500));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP 500", "reset"})
  void findsAndNamesTheOneEventInAThousandAtWhichTheServiceFails(String how) {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service = failingAtPoison(how);
      Random random = new Random(1);
      for (int i = 0; i < 500; i++) {
        bench.publish(1, random.nextInt(PLAYERS));
      }
      bench.publish(Bench.poison(7));
      for (int i = 0; i < 499; i++) {
        bench.publish(1, random.nextInt(PLAYERS));
      }
      traffic(bench, Duration.ofMinutes(15), random);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1);
      DeadLetter letter = bench.letters.get(0);
      assertThat(letter.eventJson()).asString().contains("poison");
      assertThat(letter.problem()).contains("each time it came, while others were taken");
      assertThat(bench.transport.takenIds()).hasSize(999 + 15 * 60 * 4).doesNotHaveDuplicates();
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  @Tag("slow")
  void givesUpOneEventAMinuteWhereSeveralLanesHaveSome() {
    try (Bench bench = new Bench("lanes = 8\nbatch_size = 50\nmax_batch_size = 500\n")) {
      bench.transport.service = failingAtPoison("HTTP 500");
      List<Long> diedMs = new ArrayList<>();
      bench.fault =
          spot -> {
            if (spot == Bench.Spot.LETTERS_SYNC) {
              diedMs.add(bench.clock.epochMs());
            }
          };
      for (int player = 0; player < 3; player++) {
        bench.publish(Bench.poison(player));
      }
      traffic(bench, Duration.ofMinutes(60), new Random(2));
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(3);
      for (int i = 1; i < diedMs.size(); i++) {
        assertThat(diedMs.get(i) - diedMs.get(i - 1)).isGreaterThanOrEqualTo(60_000);
      }
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  /** Ups and downs of some seconds, and single failures, with four lanes and with one. */
  @ParameterizedTest
  @Tag("slow")
  @CsvSource({
    "4, 30, 30",
    "4, 60, 3",
    "4, 0, 50",
    "4, 0, 2",
    "1, 30, 30",
    "2, 0, 5",
    "8, 25, 25",
  })
  void makesNoLetterInAnHourOfAServiceThatComesAndGoes(int lanes, int up, int down) {
    comesAndGoes(lanes, up, down);
  }

  @ParameterizedTest
  @Tag("long")
  @CsvSource({
    "4, 10, 10",
    "4, 3, 60",
    "4, 45, 1",
    "4, 0, 90",
    "4, 0, 10",
    "1, 0, 50",
    "2, 20, 5",
  })
  void norInAnHourOfOneThatDoesSoInOtherWays(int lanes, int up, int down) {
    comesAndGoes(lanes, up, down);
  }

  private static void comesAndGoes(int lanes, int up, int down) {
    try (Bench bench =
        new Bench("lanes = " + lanes + "\nbatch_size = 50\nmax_batch_size = 500\n")) {
      Random random = new Random(31L * lanes + 7L * up + down);
      ManualClock clock = bench.clock;
      bench.transport.service =
          sent -> {
            boolean fails =
                up == 0 ? random.nextInt(100) < down : clock.epochMs() / 1000 % (up + down) >= up;
            return fails ? down(random.nextBoolean() ? "reset" : "HTTP 500") : FakeTransport.ok();
          };
      traffic(bench, Duration.ofHours(1), random);
      assertThat(bench.letters).isEmpty();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(4 * 3600).doesNotHaveDuplicates();
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  @Tag("slow")
  void halvesNothingInAnOutage() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service = sent -> down("HTTP 500");
      Random random = new Random(3);
      for (int i = 0; i < 60; i++) {
        bench.publish(1, random.nextInt(PLAYERS));
      }
      traffic(bench, Duration.ofMinutes(20), random);
      assertThat(bench.transport.sent.stream().map(FakeTransport.Sent::key).distinct())
          .as("the batch together, and each lane's part")
          .hasSize(5);
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.letters).isEmpty();
    }
  }

  /** As in most outages: a service that remembers keys alone has had the batch already, perhaps. */
  @Test
  void keepsABatchOfSeveralLanesTogetherForAMinute() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service = sent -> down("HTTP 500");
      traffic(bench, Duration.ofSeconds(50), new Random(4));
      bench.transport.service = sent -> FakeTransport.ok();
      bench.clock.advance(Duration.ofSeconds(9));
      bench.runAll();
      long keys =
          bench.transport.sent.stream()
              .filter(sent -> sent.ids().contains(bench.transport.sent.get(0).ids().get(0)))
              .map(FakeTransport.Sent::key)
              .distinct()
              .count();
      assertThat(keys).isEqualTo(1);
    }
  }

  /** Where there are no others, nothing proves that it is the event. */
  @Test
  void keepsTheEventWhereNoOtherLaneHasAny() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service = failingAtPoison("HTTP 500");
      bench.publish(1, 7).publish(Bench.poison(7)).publish(1, 7);
      for (int i = 0; i < 3600; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofSeconds(1));
      }
      assertThat(bench.letters).isEmpty();
      assertThat(bench.waiting()).isEqualTo(3);
    }
  }
}
