package org.aibridge.core.dispatch;

import static org.aibridge.core.dispatch.RoutedBench.HTTP;
import static org.aibridge.core.dispatch.RoutedBench.KAFKA;
import static org.aibridge.core.dispatch.RoutedBench.reply;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.Priority;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.dispatch.RoutedBench.Killed;
import org.aibridge.core.dispatch.RoutedBench.Taken;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each event goes to one sink, whatever the other does, and whenever the process dies. */
@Tag("slow")
class RoutesTest {
  private static final List<EventType> TYPES =
      List.of(
          EventType.MONSTER_KILL,
          EventType.MAP_CHANGE,
          EventType.ITEM_DROP,
          EventType.CUSTOM,
          EventType.PLAYER_LOGIN);

  @TempDir Path temp;

  @Test
  void goByTypeAndUrgentOnesByHttp() {
    try (RoutedBench bench = new RoutedBench(temp, 0).start(EventType.MONSTER_KILL)) {
      bench.publish(EventType.MONSTER_KILL, Priority.NORMAL, 1);
      bench.publish(EventType.MONSTER_KILL, Priority.URGENT, 1);
      bench.publish(EventType.MAP_CHANGE, Priority.LOW, 1);
      bench.runUntilDone();
      assertThat(bench.kafka.numbers()).containsExactly(1L);
      assertThat(bench.http.numbers()).containsExactly(2L, 3L);
    }
  }

  @Test
  void leaveNothingBesideTheJournalWhereThereAreNone() {
    try (RoutedBench bench = new RoutedBench(temp, 0).start()) {
      bench.publish(EventType.MONSTER_KILL, Priority.NORMAL, 1);
      bench.runUntilDone();
      assertThat(bench.http.numbers()).containsExactly(1L);
      assertThat(temp.resolve("0/journal/kafka")).doesNotExist();
      assertThat(bench.dispatchers.all()).hasSize(1);
    }
  }

  @Test
  void takenAwayStillSendWhatWaitsByThem() {
    try (RoutedBench bench = new RoutedBench(temp, 0).start(EventType.MONSTER_KILL)) {
      bench.kafka.wait = 1_000_000_000;
      for (int i = 0; i < 20; i++) {
        bench.publish(EventType.MONSTER_KILL, Priority.NORMAL, i);
      }
      bench.run();
      bench.publish(EventType.MONSTER_KILL, Priority.NORMAL, 1); // Only in the ring.
      bench.kill();
      bench.kafka.wait = 0;
      bench.start();
      assertThat(bench.waiting()).isEqualTo(21);
      bench.publish(EventType.MONSTER_KILL, Priority.NORMAL, 1);
      bench.runUntilDone();
      assertThat(bench.kafka.numbers()).hasSize(21).doesNotHaveDuplicates();
      assertThat(bench.http.numbers()).containsExactly(22L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fillTheShareOfADeadSinkAndNoOther(boolean kafkaIsDead) {
    try (RoutedBench bench = new RoutedBench(temp, 16)) {
      RoutedBench.Scripted dead = kafkaIsDead ? bench.kafka : bench.http;
      RoutedBench.Scripted alive = kafkaIsDead ? bench.http : bench.kafka;
      dead.wait = 1_000_000_000;
      bench.start(kafkaIsDead ? EventType.CUSTOM : EventType.MONSTER_KILL);
      int refused = 0;
      for (int i = 0; i < 400; i++) {
        refused += bench.publishLarge(EventType.CUSTOM, 60_000) ? 0 : 1;
        bench.run();
      }
      Journal full = kafkaIsDead ? bench.stage.branches().get(KAFKA) : bench.stage.journal();
      assertThat(refused).isBetween(200, 350);
      assertThat(full.bytes()).isBetween(7L << 20, 10L << 20);
      for (int i = 0; i < 100; i++) {
        assertThat(bench.publish(EventType.MONSTER_KILL, Priority.NORMAL, i)).isTrue();
      }
      bench.runUntil(() -> alive.taken.size() == 100);
      assertThat(bench.publish(EventType.MONSTER_KILL, Priority.URGENT, 1)).isEqualTo(kafkaIsDead);
      assertThat(bench.stage.shares().problem(full)).contains("its share is 8 MB");
      dead.wait = 0;
      bench.runUntilDone();
      bench.clock.advance(Duration.ofSeconds(2));
      bench.run();
      assertThat(bench.publishLarge(EventType.CUSTOM, 60_000)).isTrue();
      bench.runUntilDone();
      requireEachInItsSink(bench);
    }
  }

  @Test
  void keepAReplayOutOfAFullShare() throws Exception {
    try (RoutedBench bench = new RoutedBench(temp, 16)) {
      bench.kafka.wait = 1_000_000_000;
      bench.start(EventType.CUSTOM);
      for (int i = 0; i < 200; i++) {
        bench.publishLarge(EventType.CUSTOM, 60_000);
        bench.run();
      }
      var replayed =
          bench
              .stage
              .duty()
              .replay(
                  List.of(
                      replay("monster_kill", "normal"),
                      replay("some_custom", "normal"),
                      replay("monster_kill", "normal")));
      bench.run();
      JournalDuty.Replayed done = replayed.toCompletableFuture().get();
      assertThat(done.appended()).isEqualTo(1);
      assertThat(done.problem()).contains("share");
    }
  }

  @Test
  void leadAReplayToTheSinkThatItsKindHasNow() throws Exception {
    try (RoutedBench bench = new RoutedBench(temp, 0).start(EventType.MONSTER_KILL)) {
      bench
          .stage
          .duty()
          .replay(
              List.of(
                  replay("monster_kill", "normal"),
                  replay("monster_kill", "urgent"),
                  replay("map_change", "normal"),
                  replay("monster_kill", "low")));
      bench.run();
      bench.runUntil(() -> bench.dispatchers.sum().delivered() == 4);
      assertThat(bench.kafka.taken).hasSize(2);
      assertThat(bench.http.taken).hasSize(2);
    }
  }

  private static byte[] replay(String type, String priority) {
    String json =
        "{\"event_id\":\"s:1\",\"event_type\":\"%s\",\"priority\":\"%s\"}"
            .formatted(type, priority);
    return ReplayedEvent.encode(
        "s:1",
        json.getBytes(StandardCharsets.UTF_8),
        1,
        null,
        1,
        1,
        0,
        EventKinds.named(type, priority));
  }

  /**
   * Kills at each moment at which one journal is ahead of the other, with other routes after it.
   */
  @ParameterizedTest
  @EnumSource(FailPoint.class)
  void loseAndDoubleNoneWhereverTheProcessDies(FailPoint point) {
    int died = 0;
    for (String where : List.of("journal", "kafka")) {
      for (int nth = 1; nth <= 2; nth++) {
        Path folder = temp.resolve(where + nth);
        try (RoutedBench bench = new RoutedBench(folder, 0)) {
          Random random = new Random(nth);
          died += killAt(bench, random, RoutedBench.at(point, where), nth) ? 1 : 0;
          // Once more, as the next process makes up for what the first one has left.
          died +=
              killAt(bench, random, RoutedBench.at(FailPoint.JOURNAL_APPENDED, where), 1) ? 1 : 0;
          bench.start(TYPES.get(nth), TYPES.get(0));
          bench.runUntilDone();
          requireEachInItsSink(bench);
        }
      }
    }
    assertThat(died).isPositive();
  }

  private static boolean killAt(RoutedBench bench, Random random, String point, int nth) {
    int[] left = {nth};
    bench.moment =
        where -> {
          if (where.equals(point) && --left[0] == 0) {
            throw bench.killHere();
          }
        };
    Set<EventType> routed = EnumSet.noneOf(EventType.class);
    routed.add(TYPES.get(random.nextInt(TYPES.size())));
    routed.add(TYPES.get(random.nextInt(TYPES.size())));
    boolean killed = false;
    try {
      bench.start(routed, bench.kafka);
      for (int i = 0; i < 40; i++) {
        for (int n = random.nextInt(30); n > 0; n--) {
          publish(bench, random);
        }
        bench.publishLarge(EventType.CUSTOM, 60_000);
        bench.run();
      }
    } catch (Killed e) {
      killed = true;
      bench.bury();
    }
    if (!killed) {
      bench.kill();
    }
    return killed;
  }

  private static void publish(RoutedBench bench, Random random) {
    bench.publish(
        TYPES.get(random.nextInt(TYPES.size())),
        Priority.values()[random.nextInt(4)],
        random.nextInt(6));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void keepEachEventForItsSinkOverKillsChangesAndAnyAnswers(long seed) {
    Random random = new Random(seed);
    try (RoutedBench bench = new RoutedBench(temp, 0)) {
      for (int life = 0; life < 8; life++) {
        bench.kafka.answer = answers(new Random(random.nextLong()));
        bench.http.answer = answers(new Random(random.nextLong()));
        Set<EventType> routed = EnumSet.noneOf(EventType.class);
        for (int n = random.nextInt(4); n > 0; n--) {
          routed.add(TYPES.get(random.nextInt(TYPES.size())));
        }
        int[] left = {random.nextInt(400)};
        bench.moment =
            where -> {
              if (--left[0] == 0) {
                throw bench.killHere();
              }
            };
        try {
          bench.start(routed, bench.kafka);
          for (int slice = random.nextInt(60); slice > 0; slice--) {
            for (int n = random.nextInt(20); n > 0; n--) {
              publish(bench, random);
            }
            bench.run();
            bench.clock.advance(Duration.ofMillis(random.nextInt(1500)));
          }
          bench.kill();
        } catch (Killed e) {
          bench.bury();
        }
      }
      bench.moment = where -> {};
      bench.kafka.answer = batch -> Verdict.Delivered.whole(reply(1));
      bench.http.answer = bench.kafka.answer;
      bench.start(EventType.ITEM_DROP);
      bench.runUntilDone();
      requireEachInItsSink(bench);
    }
  }

  /** Delivered, refused, put off, or no answer at all before the process ends. */
  private static Function<EventBatch, Verdict> answers(Random random) {
    boolean silent = random.nextInt(4) == 0;
    return batch ->
        switch (random.nextInt(silent ? 40 : 8)) {
          case 0 -> new Verdict.Later(reply(0), false, false);
          case 1 -> new Verdict.NotSent(reply(0));
          case 2 -> new Verdict.Held(reply(7));
          case 3 -> Verdict.Refused.unnamed(reply(4));
          case 39 -> null;
          default -> Verdict.Delivered.whole(reply(1));
        };
  }

  private static void requireEachInItsSink(RoutedBench bench) {
    Map<String, Set<Long>> ends = new HashMap<>();
    ends.put(HTTP, new HashSet<>(bench.http.numbers()));
    ends.put(KAFKA, new HashSet<>(bench.kafka.numbers()));
    Set<Long> dead = new HashSet<>();
    Map<Long, Set<String>> ids = new HashMap<>();
    for (DeadLetter letter : bench.letters) {
      Taken event =
          RoutedBench.events(new EventBatch("", 1, false, wrapped(letter.eventJson()))).get(0);
      dead.add(event.number());
      ids.computeIfAbsent(event.number(), n -> new HashSet<>()).add(event.id());
    }
    bench.accepted.forEach(
        (number, sink) -> {
          assertThat(ends.get(sink).contains(number) || dead.contains(number))
              .as("event %d, routed to %s", number, sink)
              .isTrue();
          assertThat(ends.get(sink.equals(HTTP) ? KAFKA : HTTP)).doesNotContain(number);
        });
    List<Taken> all = new ArrayList<>(bench.http.taken);
    all.addAll(bench.kafka.taken);
    all.forEach(event -> ids.computeIfAbsent(event.number(), n -> new HashSet<>()).add(event.id()));
    assertThat(ids).allSatisfy((number, its) -> assertThat(its).as("event %d", number).hasSize(1));
    assertThat(ids.values().stream().flatMap(Set::stream)).doesNotHaveDuplicates();
    requireOrder(bench.http.taken);
    requireOrder(bench.kafka.taken);
  }

  private static byte[] wrapped(byte[] event) {
    String json = new String(event, StandardCharsets.UTF_8);
    return ("{\"events\":[" + json + "]}").getBytes(StandardCharsets.UTF_8);
  }

  /** Requires that each player's events came in their order, but for those that came again. */
  private static void requireOrder(List<Taken> taken) {
    Map<Long, Long> last = new HashMap<>();
    Set<Long> seen = new HashSet<>();
    for (Taken event : taken) {
      if (seen.add(event.number())) {
        Long before = last.put(event.player(), event.number());
        assertThat(event.number()).isGreaterThan(before == null ? 0 : before);
      }
    }
  }
}
