package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read past a full lane at which the service fails is read again, in order. */
class PassedEventsTest {
  private static final int MAX_BATCH = 4;
  private static final int PLAYERS = 12;
  private static final long POISONED = 7;

  private final Bench bench =
      new Bench("lanes = 4\nbatch_size = 2\nmax_batch_size = " + MAX_BATCH + "\n");
  private Set<String> accepted = new HashSet<>();

  /** The poison is not taken while this is true. */
  private boolean fails = true;

  private void serve() {
    bench.transport.service =
        sent -> fails && sent.hasPoison() ? IsolationTest.down("HTTP 500") : FakeTransport.ok();
  }

  private boolean isPassing() {
    return bench.dispatcher.lanes().stream().anyMatch(lane -> lane.events() > 2 * MAX_BATCH);
  }

  private void note() {
    accepted.addAll(bench.waitingIds());
  }

  /** A service that has had nothing since the start proves nothing, and yet others go out. */
  @Test
  void letsOthersGoOutAfterARestartWithManyEventsOfTheFailingLane() {
    try (bench) {
      serve();
      bench.publish(Bench.poison(POISONED));
      for (int i = 0; i < 100; i++) {
        bench.publish(1, POISONED);
      }
      for (int i = 0; i < 60; i++) {
        bench.publish(1, i % PLAYERS);
      }
      note();
      bench.killAndRestart();
      for (int i = 0; i < 20; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofSeconds(2));
      }
      int lane = bench.laneOf(Bench.poison(POISONED));
      assertThat(bench.dispatcher.lanes())
          .allSatisfy(
              state ->
                  assertThat(state.events())
                      .isEqualTo(state.number() == lane ? bench.waiting() : 0));
      fails = false;
      bench.runUntilDone();
      assertThat(bench.transport.takenIds())
          .containsExactlyInAnyOrderElementsOf(accepted)
          .hasSize(161);
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  /** Reading on would read a whole backlog, from the disk, for nothing. */
  @Test
  void passesNothingInAnOutage() {
    try (bench) {
      bench.transport.service = sent -> IsolationTest.down("HTTP 500");
      for (int i = 0; i < 200; i++) {
        bench.publish(1, i % PLAYERS);
      }
      for (int i = 0; i < 100; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofSeconds(2));
      }
      assertThat(bench.dispatcher.lanes())
          .allSatisfy(lane -> assertThat(lane.events()).isBetween(1, 2 * MAX_BATCH));
    }
  }

  /**
   * The service has good and bad times; the reader and the memory fail, and the process is killed.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 22, 40})
  void losesNoneAndKeepsTheOrderWhateverHappensMeanwhile(long seed) {
    assertThat(play(seed)).as("slices behind").isPositive();
  }

  @ParameterizedTest
  @Tag("long")
  @MethodSource
  void norIn200Other(long seed) {
    play(seed);
  }

  static LongStream norIn200Other() {
    return LongStream.range(5, 205);
  }

  /** Returns the number of times that events had been passed. */
  private int play(long seed) {
    try (bench) {
      serve();
      Random random = new Random(seed);
      boolean kills = seed % 2 == 0;
      int passing = 0;
      bench.fault =
          spot -> {
            if (spot == Bench.Spot.READER && random.nextInt(4) == 0) {
              throw new IllegalStateException("no file descriptor");
            }
            if (spot == Bench.Spot.ADD && kills && random.nextInt(400) == 0) {
              throw new OutOfMemoryError("test");
            }
          };
      for (int i = 0; i < 400; i++) {
        for (int n = random.nextInt(12); n > 0; n--) {
          bench.publish(random.nextInt(3), random.nextInt(PLAYERS));
        }
        if (random.nextInt(30) == 0) {
          bench.publish(Bench.poison(random.nextInt(PLAYERS)));
        }
        note();
        fails = random.nextInt(25) == 0 ? !fails : fails;
        if (kills && random.nextInt(40) == 0) {
          restart();
        }
        slices(10);
        passing += isPassing() ? 1 : 0;
        bench.clock.advance(Duration.ofMillis(random.nextInt(1500)));
      }
      fails = false;
      for (int i = 0; i < 2000 && bench.waiting() > 0; i++) {
        slices(20);
        bench.clock.advance(Duration.ofSeconds(1));
      }
      assertThat(bench.waiting()).isZero();
      List<String> ids = new ArrayList<>(bench.transport.takenIds());
      ids.addAll(bench.letterIds());
      assertThat(new HashSet<>(ids)).isEqualTo(accepted);
      if (!kills) {
        assertThat(ids).doesNotHaveDuplicates();
      }
      assertFirstsAreOrdered();
      return passing;
    }
  }

  private void slices(int most) {
    for (int i = 0; i < most; i++) {
      try {
        if (bench.run() == 0) {
          return;
        }
      } catch (OutOfMemoryError | IllegalStateException e) { // Everything is then made anew.
        bench.clock.advance(Duration.ofSeconds(1));
      }
    }
  }

  /** Restarts the bridge, as often as it takes. */
  private void restart() {
    var faults = bench.fault;
    bench.fault = spot -> {};
    bench.killAndRestart();
    bench.fault = faults;
  }

  /** A player's events came in order the first time that each of them came. */
  private void assertFirstsAreOrdered() {
    Set<String> seen = new HashSet<>();
    Map<Long, Long> last = new HashMap<>();
    for (JsonNode event : bench.transport.taken) {
      String id = event.path("event_id").asText();
      long player = event.path("player_id").asLong();
      if (seen.add(id)) {
        long sequence = DispatcherBatchTest.sequence(id);
        assertThat(sequence).as(id).isGreaterThan(last.getOrDefault(player, 0L));
        last.put(player, sequence);
      }
    }
  }
}
