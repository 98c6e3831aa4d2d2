package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

class DispatcherDeadLetterTest {
  private static final String ONE_BATCH = "lanes = 1\nbatch_size = 200\nmax_batch_size = 200\n";

  @Property(tries = 60)
  void findsOnePoisonInFewRequests(
      @ForAll @IntRange(min = 1, max = 200) int n, @ForAll @IntRange(min = 0, max = 199) int at) {
    int position = at % n;
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = DispatcherDeadLetterTest::refusePoison;
      publishWithPoison(bench, n, Set.of(position));
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      int log = 32 - Integer.numberOfLeadingZeros(n - 1);
      assertThat(bench.transport.sent.size()).isLessThanOrEqualTo(1 + 2 * log);
      assertThat(bench.letters).hasSize(1);
      assertThat(bench.transport.takenIds())
          .hasSize(n - 1)
          .doesNotHaveDuplicates()
          .doesNotContain(bench.letters.get(0).eventId());
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(n - 1);
      assertThat(bench.dispatcher.stats().deadLettered()).isEqualTo(1);
    }
  }

  @Property(tries = 30)
  void buriesAllPoisonAndNothingElse(
      @ForAll @IntRange(min = 1, max = 100) int n,
      @ForAll @Size(max = 30) Set<@IntRange(min = 0, max = 99) Integer> poison) {
    Set<Integer> positions = poison.stream().filter(p -> p < n).collect(Collectors.toSet());
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = DispatcherDeadLetterTest::refusePoison;
      publishWithPoison(bench, n, positions);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(positions.size());
      assertThat(bench.transport.takenIds()).hasSize(n - positions.size()).doesNotHaveDuplicates();
      assertThat(bench.transport.taken)
          .noneMatch(e -> e.path("payload").path("poison").asBoolean());
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  void buriesABatchThatIsAllPoison() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = sent -> FakeTransport.refused();
      bench.publish(64, 1);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(64);
      assertThat(bench.letterIds()).doesNotHaveDuplicates();
      assertThat(bench.transport.sent).hasSize(127);
    }
  }

  @Test
  void tellsInALetterWhatBecameOfTheEvent() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service =
          sent ->
              sent.hasPoison()
                  ? FakeTransport.answer(Answer.Kind.REFUSED, 422, "x".repeat(5000))
                  : FakeTransport.ok();
      publishWithPoison(bench, 8, Set.of(7));
      long start = bench.clock.epochMs() + 1000;
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      DeadLetter letter = bench.letters.get(0);
      FakeTransport.Sent first = bench.transport.sent.get(0);
      FakeTransport.Sent last = bench.transport.sent.get(bench.transport.sent.size() - 1);
      assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.REFUSED);
      assertThat(letter.status()).isEqualTo(422);
      assertThat(letter.eventId()).isEqualTo(first.ids().get(7));
      assertThat(new String(letter.eventJson(), StandardCharsets.UTF_8))
          .isEqualTo(first.events().get(7).toString());
      assertThat(letter.answer()).isEqualTo("x".repeat(2048));
      assertThat(letter.attempts()).as("8, 4, 2 and 1 together").isEqualTo(4);
      assertThat(letter.firstAttemptMs()).isEqualTo(start);
      assertThat(letter.lastAttemptMs()).isEqualTo(start);
      assertThat(letter.batch()).isEqualTo(first.key());
      assertThat(letter.idempotencyKey()).isEqualTo(last.key()).isNotEqualTo(first.key());
      assertThat(letter.replayCount()).isZero();
    }
  }

  @Test
  void buriesJustTheEventsThatA2xxNamesAsRejected() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service =
          sent ->
              FakeTransport.answer(
                  Answer.Kind.OK,
                  200,
                  ("{\"rejected\":[{\"event_id\":\"%s\",\"error\":\"bad\"},{\"event_id\":\"%s\"},"
                          + "{\"event_id\":\"s1:1\"},{},7,null]}")
                      .formatted(sent.ids().get(2), sent.ids().get(9)));
      bench.publish(10, 1);
      bench.runUntilDone();
      assertThat(bench.transport.sent).hasSize(1);
      assertThat(bench.letterIds())
          .containsExactly(
              bench.transport.sent.get(0).ids().get(2), bench.transport.sent.get(0).ids().get(9));
      assertThat(bench.letters)
          .allMatch(
              letter -> letter.reason() == DeadLetter.Reason.REJECTED && letter.status() == 200);
      assertThat(bench.letters.get(0).problem()).isEqualTo("bad");
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(8);
    }
  }

  @Test
  void splitsByBytesWhenTooLargeAndStaysBelowFromThenOn() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = sent -> sent.bytes() > 4000 ? tooLarge() : FakeTransport.ok();
      bench.publish(200, 1);
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(200).doesNotHaveDuplicates();
      int refused = (int) bench.transport.sent.stream().filter(s -> s.bytes() > 4000).count();
      assertThat(refused).as("only until the limit was found").isLessThanOrEqualTo(5);
      int before = bench.transport.sent.size();
      bench.publish(200, 1);
      bench.runUntilDone();
      assertThat(bench.transport.sent.subList(before, bench.transport.sent.size()))
          .allMatch(sent -> sent.bytes() <= 4000);
      assertThat(bench.letters).isEmpty();
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  void buriesAnEventThatIsTooLargeByItself() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = sent -> sent.bytes() > 4000 ? tooLarge() : FakeTransport.ok();
      GameEvent large = GameEvent.custom("test", 1, null, "{\"a\":\"" + "x".repeat(5000) + "\"}");
      bench.publish(20, 1).publish(large).publish(20, 1);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1);
      assertThat(bench.letters.get(0).reason()).isEqualTo(DeadLetter.Reason.TOO_LARGE);
      assertThat(bench.letters.get(0).status()).isEqualTo(413);
      assertThat(bench.transport.takenIds()).hasSize(40).doesNotHaveDuplicates();
    }
  }

  @Test
  void neverRaisesALimitThatAnotherLaneLearnt() {
    try (Bench bench = new Bench("lanes = 2\nbatch_size = 100\nmax_batch_size = 100\n")) {
      bench.transport.holdAnswers = true;
      bench.transport.service = sent -> sent.bytes() > 3000 ? tooLarge() : FakeTransport.ok();
      bench.publish(30, 1).publish(100, 2);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      while (!bench.transport.pending.isEmpty()) {
        bench.transport.pending.remove().run();
        bench.runAll();
      }
      long refused = bench.transport.sent.stream().filter(s -> s.bytes() > 3000).count();
      assertThat(refused).isLessThanOrEqualTo(4);
      assertThat(bench.transport.takenIds()).hasSize(130).doesNotHaveDuplicates();
    }
  }

  @Test
  void expiresWhatIsOlderThanItsTimeAlsoWhileTheServiceIsAway() {
    try (Bench bench = new Bench(ONE_BATCH + "event_ttl = 10000")) {
      bench.transport.waitNanos = Duration.ofHours(1).toNanos();
      bench.publish(5, 1);
      bench.clock.advance(Duration.ofSeconds(6));
      bench.publish(5, 1).runAll();
      bench.clock.advance(Duration.ofMillis(4001));
      bench.runAll();
      assertThat(bench.dispatcher.stats().expired()).isEqualTo(5);
      assertThat(bench.letters).allMatch(l -> l.reason() == DeadLetter.Reason.EXPIRED);
      DeadLetter letter = bench.letters.get(0);
      assertThat(letter.attempts()).isZero();
      assertThat(letter.firstAttemptMs()).isZero();
      assertThat(letter.lastAttemptMs()).isZero();
      assertThat(letter.idempotencyKey()).isEmpty();
      assertThat(bench.dispatcher.stats().deadLettered()).isZero();
      bench.transport.waitNanos = 0;
      bench.clock.advance(Duration.ofSeconds(5));
      bench.runAll();
      assertThat(bench.transport.sent).as("still told to stay away").isEmpty();
    }
  }

  @Test
  void countsTheAttemptsOfAnEventThatExpiresAfterFailures() {
    try (Bench bench = new Bench(ONE_BATCH + "event_ttl = 10000")) {
      bench.transport.service = sent -> FakeTransport.failed();
      bench.publish(3, 1);
      bench.clock.advance(Duration.ofSeconds(1));
      for (int i = 0; i < 40; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofMillis(500));
      }
      assertThat(bench.letters).hasSize(3);
      assertThat(bench.letters)
          .allMatch(letter -> letter.attempts() == bench.transport.sent.size())
          .allMatch(letter -> letter.firstAttemptMs() > 0);
    }
  }

  @Test
  void losesNothingWhileDeadLettersCannotBeKept() {
    for (RuntimeException failure :
        List.of(new IllegalStateException("disk"), new IllegalArgumentException("record"))) {
      try (Bench bench = new Bench("lanes = 2\nbatch_size = 8\nmax_batch_size = 8\n")) {
        bench.transport.service = DispatcherDeadLetterTest::refusePoison;
        bench.lettersFail = failure;
        bench.publish(Bench.poison(1)).publish(7, 1).publish(40, 2);
        bench.runAll();
        assertThat(bench.dispatcher.stats().problem()).contains(failure.getMessage());
        assertThat(bench.letters).isEmpty();
        assertThat(bench.transport.takenIds()).as("other lanes go on").hasSize(40);
        int sent = bench.transport.sent.size();
        bench.clock.advance(Duration.ofSeconds(30));
        bench.runAll();
        assertThat(bench.transport.sent).as("it is not asked for again").hasSize(sent);
        assertThat(bench.dispatcher.stats().problem()).isNotEmpty();
        bench.lettersFail = null;
        bench.runUntilDone();
        assertThat(bench.letters).hasSize(1);
        assertThat(bench.transport.takenIds()).hasSize(47).doesNotHaveDuplicates();
        assertThat(bench.dispatcher.stats().problem()).isEmpty();
        assertThat(bench.dispatcher.stats().delivered()).isEqualTo(47);
        assertThat(bench.dispatcher.stats().deadLettered()).isEqualTo(1);
      }
    }
  }

  @Test
  void countsNothingTwiceWhenRejectedEventsHaveToWaitForRoom() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      Set<String> rejected = new HashSet<>();
      bench.transport.service =
          sent -> {
            rejected.add(sent.ids().get(1));
            return FakeTransport.answer(
                Answer.Kind.OK,
                200,
                "{\"rejected\":[{\"event_id\":\"" + sent.ids().get(1) + "\"}]}");
          };
      bench.lettersFail = new IllegalStateException("full");
      bench.publish(5, 1);
      bench.clock.advance(Duration.ofSeconds(1));
      for (int i = 0; i < 10; i++) {
        bench.runAll();
        assertThat(bench.dispatcher.stats().delivered()).isZero();
        assertThat(bench.dispatcher.stats().deadLettered()).isZero();
        bench.clock.advance(Duration.ofSeconds(1));
      }
      bench.lettersFail = null;
      bench.runUntilDone();
      assertThat(bench.letterIds()).containsExactlyElementsOf(rejected);
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(4);
      assertThat(bench.dispatcher.stats().deadLettered()).isEqualTo(1);
      assertThat(bench.transport.sent).hasSize(1);
    }
  }

  private static Answer refusePoison(FakeTransport.Sent sent) {
    return sent.hasPoison() ? FakeTransport.refused() : FakeTransport.ok();
  }

  private static Answer tooLarge() {
    return FakeTransport.answer(Answer.Kind.TOO_LARGE, 413, "");
  }

  private static void publishWithPoison(Bench bench, int n, Set<Integer> positions) {
    for (int i = 0; i < n; i++) {
      if (positions.contains(i)) {
        bench.publish(Bench.poison(1));
      } else {
        bench.publish(1, 1);
      }
    }
  }

  /** Refuses a batch with poison in it, and names the poison as FastAPI does. */
  private static Answer namePoison(FakeTransport.Sent sent) {
    StringBuilder detail = new StringBuilder();
    List<JsonNode> events = sent.events();
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).path("payload").path("poison").asBoolean()) {
        detail.append(detail.isEmpty() ? "" : ",");
        detail.append("{\"loc\":[\"body\",\"events\"," + i + ",\"payload\",\"poison\"]");
        detail.append(",\"msg\":\"Input should be a cure\"}");
      }
    }
    return detail.isEmpty()
        ? FakeTransport.answer(Answer.Kind.OK, 200, "{}")
        : FakeTransport.answer(Answer.Kind.REFUSED, 422, "{\"detail\":[" + detail + "]}");
  }

  @Property(tries = 30)
  void sendsWhatIsNotNamedOnceMore(
      @ForAll @IntRange(min = 1, max = 99) int n,
      @ForAll @Size(max = 40) Set<@IntRange(min = 0, max = 98) Integer> poison) {
    Set<Integer> positions = poison.stream().filter(p -> p < n).collect(Collectors.toSet());
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = DispatcherDeadLetterTest::namePoison;
      publishWithPoison(bench, n, positions);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.sent).hasSizeBetween(1, 2);
      assertThat(bench.transport.sent).extracting(FakeTransport.Sent::key).doesNotHaveDuplicates();
      assertThat(bench.letters).hasSize(positions.size());
      assertThat(bench.transport.takenIds()).hasSize(n - positions.size()).doesNotHaveDuplicates();
      assertThat(bench.transport.taken)
          .noneMatch(e -> e.path("payload").path("poison").asBoolean());
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(n - positions.size());
      assertThat(bench.dispatcher.stats().deadLettered()).isEqualTo(positions.size());
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  void tellsOfANamedEventWhichFieldIsWrong() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = DispatcherDeadLetterTest::namePoison;
      bench.publish(2, 7).publish(Bench.poison(7)).publish(2, 7).runUntilDone();
      DeadLetter letter = bench.letters.get(0);
      assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.REFUSED);
      assertThat(letter.status()).isEqualTo(422);
      assertThat(letter.answer()).isEqualTo("payload.poison: Input should be a cure");
      assertThat(letter.attempts()).as("the others went once more, without it").isEqualTo(1);
    }
  }

  @Test
  void keepsWhatIsNamedUntilTheOthersAreTaken() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service = DispatcherDeadLetterTest::namePoison;
      bench.publish(2, 7).publish(Bench.poison(7)).publish(2, 7);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.run();
      bench.transport.service = sent -> FakeTransport.failed();
      bench.runAll();
      assertThat(bench.letters).isEmpty();
      String key = bench.transport.sent.get(1).key();
      bench.clock.advance(Duration.ofSeconds(2));
      bench.runAll();
      assertThat(bench.transport.sent.get(2).key()).isEqualTo(key);
      bench.killAndRestart();
      bench.transport.service = DispatcherDeadLetterTest::namePoison;
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1);
      assertThat(bench.transport.sent.get(bench.transport.sent.size() - 1).key()).isEqualTo(key);
    }
  }

  @Test
  void halvesOnWhereOthersAreRefusedWithoutAName() {
    try (Bench bench = new Bench(ONE_BATCH)) {
      bench.transport.service =
          sent -> {
            boolean bad = sent.ids().stream().anyMatch(id -> id.endsWith("7"));
            Answer named = namePoison(sent);
            return named.kind() == Answer.Kind.OK && bad
                ? FakeTransport.answer(Answer.Kind.REFUSED, 400, "no")
                : named;
          };
      publishWithPoison(bench, 40, Set.of(0, 3, 4, 20, 39));
      bench.runUntilDone();
      assertThat(bench.letterIds()).doesNotHaveDuplicates();
      assertThat(bench.letters.size() + bench.transport.takenIds().size()).isEqualTo(40);
      assertThat(bench.transport.takenIds())
          .doesNotHaveDuplicates()
          .noneMatch(i -> i.endsWith("7"));
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  @Test
  void pausesWhereMostAreNamedForOneReason() {
    try (Bench bench = new Bench("lanes = 1\nbatch_size = 100\nmax_batch_size = 100\n")) {
      bench.transport.service = DispatcherDeadLetterTest::namePoison;
      for (int i = 0; i < 400; i++) {
        bench.publish(i % 4 == 0 ? GameEvent.playerLogin(7, null) : Bench.poison(7));
      }
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.dispatcher.isPaused()).isTrue();
      assertThat(bench.letters.size() + bench.waiting()).isGreaterThan(300);
      assertThat(bench.letters).isEmpty();
      bench.dispatcher.resume();
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(300);
      assertThat(bench.transport.takenIds()).hasSize(100).doesNotHaveDuplicates();
    }
  }
}
