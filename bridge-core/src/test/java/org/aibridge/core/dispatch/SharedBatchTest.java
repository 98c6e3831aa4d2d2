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
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A batch with the events of several lanes. */
class SharedBatchTest {
  private static final String LANES = "lanes = 4\nbatch_size = 50\nmax_batch_size = 200\n";
  private static final int PLAYERS = 40;

  private static void publishOfAll(Bench bench) {
    for (int player = 0; player < PLAYERS; player++) {
      bench.publish(1, player);
    }
  }

  private static void second(Bench bench) {
    bench.clock.advance(Duration.ofSeconds(1));
    bench.runAll();
  }

  private static FakeTransport.Sent sent(Bench bench, int index) {
    return bench.transport.sent.get(index);
  }

  @Test
  void carriesWhatWaitsInAllLanesOnceAnEventIsOldEnough() {
    try (Bench bench = new Bench(LANES)) {
      bench.publish(1, 1).runAll();
      bench.clock.advance(Duration.ofMillis(999));
      publishOfAll(bench);
      bench.runAll();
      assertThat(bench.transport.sent).isEmpty();
      bench.clock.advance(Duration.ofMillis(1));
      bench.runAll();
      assertThat(bench.transport.sent).hasSize(1);
      assertThat(bench.transport.takenIds()).hasSize(PLAYERS + 1);
      assertThat(bench.waiting()).isZero();
    }
  }

  @Test
  void carriesTwentyEventsASecondWithOneRequestASecond() {
    try (Bench bench = new Bench(LANES)) {
      for (int i = 0; i < 60 * 20; i++) {
        bench.publish(1, i % 37).runAll();
        bench.clock.advance(Duration.ofMillis(50));
      }
      assertThat(bench.transport.sent).hasSizeBetween(55, 60);
    }
  }

  @Test
  @Tag("slow")
  void leavesAWholeBatchOfALaneToItself() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.holdAnswers = true;
      for (int i = 0; i < 100; i++) {
        publishOfAll(bench);
      }
      bench.runAll();
      assertThat(bench.transport.mostInFlight).isEqualTo(4);
    }
  }

  @Test
  void sendsNothingNewerOfALaneBeforeTheVerdict() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.holdAnswers = true;
      publishOfAll(bench);
      second(bench);
      for (int i = 0; i < 20; i++) {
        publishOfAll(bench);
        second(bench);
      }
      assertThat(bench.transport.sent).hasSize(1);
      bench.transport.pending.remove().run();
      bench.transport.holdAnswers = false;
      bench.runUntilDone();
      DispatcherBatchTest.assertOrderedByPlayer(bench);
      assertThat(bench.transport.takenIds()).hasSize(21 * PLAYERS).doesNotHaveDuplicates();
    }
  }

  @Test
  void isSentAgainAsItIsUnderItsKeyAlsoAfterARestart() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service = sent -> FakeTransport.failed();
      publishOfAll(bench);
      second(bench);
      publishOfAll(bench);
      second(bench);
      bench.killAndRestart();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.transport.sent).hasSize(4);
      for (int again = 1; again <= 2; again++) {
        assertThat(sent(bench, again).key()).isEqualTo(sent(bench, 0).key());
        assertThat(sent(bench, again).body()).isEqualTo(sent(bench, 0).body());
      }
      assertThat(bench.transport.takenIds()).hasSize(2 * PLAYERS).doesNotHaveDuplicates();
    }
  }

  @Test
  void goesLaneByLaneWhenRefusedAndOnlyTheBadEventDies() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service =
          sent -> sent.hasPoison() ? FakeTransport.refused() : FakeTransport.ok();
      publishOfAll(bench);
      bench.publish(Bench.poison(7));
      publishOfAll(bench);
      second(bench);
      assertThat(bench.letters).hasSize(1);
      assertThat(bench.letters.get(0).eventJson()).asString().contains("poison");
      assertThat(bench.transport.takenIds()).hasSize(2 * PLAYERS).doesNotHaveDuplicates();
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  void goesLaneByLaneWhenTooLarge() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service =
          sent ->
              sent.size() > 5
                  ? FakeTransport.answer(Answer.Kind.TOO_LARGE, 413, "")
                  : FakeTransport.ok();
      publishOfAll(bench);
      second(bench);
      assertThat(bench.letters).isEmpty();
      assertThat(bench.transport.takenIds()).hasSize(PLAYERS).doesNotHaveDuplicates();
    }
  }

  @Test
  void namesTheRejectedEventOfTheRightLane() {
    try (Bench bench = new Bench(LANES)) {
      Set<String> unwanted = new TreeSet<>();
      bench.transport.service =
          sent -> {
            for (JsonNode event : sent.events()) {
              if (event.path("player_id").asInt() % 9 == 0) {
                unwanted.add(event.path("event_id").asText());
              }
            }
            String ids = String.join("\",\"", unwanted);
            return FakeTransport.answer(Answer.Kind.OK, 200, "{\"rejected\":[\"" + ids + "\"]}");
          };
      publishOfAll(bench);
      second(bench);
      assertThat(bench.letterIds()).containsExactlyInAnyOrderElementsOf(unwanted);
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(PLAYERS - unwanted.size());
    }
  }

  /** A part whose dead letter cannot be kept keeps no other from its end, and comes again alone. */
  @Test
  void endsEachPartByItselfAndSendsWhatIsLeftAfterADeathUnderAKeyOfItsOwn() {
    try (Bench bench = new Bench(LANES)) {
      String[] unwanted = {""};
      bench.transport.service =
          sent -> {
            unwanted[0] = unwanted[0].isEmpty() ? sent.ids().get(0) : unwanted[0];
            return FakeTransport.answer(
                Answer.Kind.OK, 200, "{\"rejected\":[\"" + unwanted[0] + "\"]}");
          };
      bench.lettersFail = new IllegalStateException("full");
      publishOfAll(bench);
      second(bench);
      List<String> left = bench.waitingIds();
      assertThat(left).contains(unwanted[0]).hasSizeLessThan(PLAYERS);
      bench.lettersFail = null;
      bench.killAndRestart();
      bench.runUntilDone();
      assertThat(bench.transport.sent).hasSize(2);
      assertThat(sent(bench, 1).ids()).isEqualTo(left);
      assertThat(sent(bench, 1).key()).isNotEqualTo(sent(bench, 0).key());
      assertThat(bench.letterIds()).containsExactly(unwanted[0]);
    }
  }

  @Test
  void takesTheLaneWithSomethingUrgentFirstWhenNotEverythingFits() {
    try (Bench bench = new Bench("lanes = 4\nbatch_size = 50\nmax_batch_size = 50\n")) {
      GameEvent urgent = GameEvent.dailyReset();
      int lane = bench.laneOf(urgent);
      for (int i = 0; i < 4; i++) {
        publishOfAll(bench);
      }
      bench.publish(urgent).runAll();
      FakeTransport.Sent first = sent(bench, 0);
      assertThat(first.body()).contains("daily_reset");
      assertThat(lane).isBetween(0, 3);
    }
  }

  /** A service that remembers keys alone applies each event once, whatever is lost and killed. */
  @Property(tries = 25)
  void bringsNoEventTwiceUnderTwoKeysWhateverIsLostAndKilled(@ForAll Random random) {
    String lines = "lanes = 5\nbatch_size = 6\nmax_batch_size = 14\nmax_batch_bytes = 3000\n";
    try (Bench bench = new Bench(lines)) {
      Map<String, String> keys = new HashMap<>();
      Map<String, List<String>> contents = new HashMap<>();
      bench.transport.service =
          sent -> {
            contents.putIfAbsent(sent.key(), sent.ids());
            assertThat(contents.get(sent.key())).isEqualTo(sent.ids());
            int chance = random.nextInt(6);
            if (chance > 1) { // Taken, though the answer may be lost.
              sent.ids().forEach(id -> keys.putIfAbsent(id, sent.key()));
              assertThat(sent.ids()).allMatch(id -> keys.get(id).equals(sent.key()));
            }
            return switch (chance) {
              case 0 -> FakeTransport.failed();
              case 1 -> new Answer(Answer.Kind.COME_BACK, 429, 0, new byte[0], "HTTP 429", 1);
              case 2 -> FakeTransport.lost();
              case 3 -> null;
              default -> FakeTransport.ok();
            };
          };
      Set<String> published = new HashSet<>();
      for (int step = 0; step < 60; step++) {
        for (int i = random.nextInt(9); i > 0; i--) {
          bench.publish(1, random.nextInt(30));
        }
        published.addAll(bench.waitingIds());
        for (int i = random.nextInt(4); i > 0; i--) {
          bench.run();
        }
        bench.clock.advance(Duration.ofMillis(random.nextInt(1500)));
        if (random.nextInt(8) == 0) {
          bench.killAndRestart();
        }
      }
      bench.killAndRestart();
      List<FakeTransport.Sent> before = new ArrayList<>(bench.transport.sent);
      bench.transport.service =
          sent -> {
            assertThat(sent.ids())
                .allMatch(id -> sent.key().equals(keys.getOrDefault(id, sent.key())));
            return FakeTransport.ok();
          };
      bench.runUntilDone();
      assertThat(before).isNotEmpty();
      assertThat(new HashSet<>(bench.transport.takenIds())).isEqualTo(published);
    }
  }

  /** Whatever part of a batch has had its end when the process dies, what is left comes again. */
  @Property(tries = 25)
  void bringsEachEventToItsEndThoughKilledBetweenTheEndsOfParts(@ForAll Random random) {
    String lines = "lanes = 5\nbatch_size = 6\nmax_batch_size = 14\n";
    try (Bench bench = new Bench(lines)) {
      Map<String, List<String>> contents = new HashMap<>();
      Set<String> unwanted = new TreeSet<>();
      bench.transport.service =
          sent -> {
            contents.putIfAbsent(sent.key(), sent.ids());
            assertThat(contents.get(sent.key())).isEqualTo(sent.ids());
            for (JsonNode event : sent.events()) {
              if (event.path("player_id").asInt() % 5 == 0) {
                unwanted.add(event.path("event_id").asText());
              }
            }
            String ids = String.join("\",\"", unwanted);
            return random.nextInt(5) == 0
                ? FakeTransport.lost()
                : FakeTransport.answer(Answer.Kind.OK, 200, "{\"rejected\":[\"" + ids + "\"]}");
          };
      Set<String> published = new HashSet<>();
      for (int step = 0; step < 60; step++) {
        for (int i = random.nextInt(9); i > 0; i--) {
          bench.publish(1, random.nextInt(30));
        }
        published.addAll(bench.waitingIds());
        bench.lettersFail = random.nextBoolean() ? new IllegalStateException("full") : null;
        for (int i = random.nextInt(4); i > 0; i--) {
          bench.run();
        }
        bench.clock.advance(Duration.ofMillis(random.nextInt(1500)));
        if (random.nextInt(5) == 0) {
          bench.killAndRestart();
        }
      }
      bench.lettersFail = null;
      bench.runUntilDone();
      assertThat(new HashSet<>(bench.transport.takenIds())).isEqualTo(published);
      assertThat(new TreeSet<>(bench.letterIds())).isEqualTo(unwanted);
    }
  }
}
