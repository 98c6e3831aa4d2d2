package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** Events of dead letters on their second way through the journal. */
class DispatcherReplayTest {
  private static final String SETTINGS = "lanes = 4\nbatch_size = 10\nbatch_interval = 100\n";

  @Test
  void sendsAReplayedEventAsItIsUnderItsOwnId() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.replay("other:17", event("other:17", "{\"a\":[1,2.50,\"\u00e4\"]}"), 9, 41, 0);
      bench.runUntilDone();
      assertThat(bench.transport.sent.get(0).body())
          .isEqualTo("{\"events\":[" + event("other:17", "{\"a\":[1,2.50,\"\u00e4\"]}") + "]}");
      assertThat(bench.delivered).containsExactly(new LetterRef(7, 41));
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(1);
    }
  }

  @Test
  void keepsThePlayersOrder() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.publish(3, 5);
      bench.replay("s1:1", event("s1:1", "{}"), 5, 1, 0);
      bench.publish(3, 5);
      List<String> ids = bench.waitingIds();
      bench.runUntilDone();
      List<String> taken = bench.transport.takenIds();
      assertThat(taken).hasSize(7);
      assertThat(taken.get(3)).isEqualTo("s1:1");
      assertThat(taken.subList(0, 3)).isEqualTo(ids.subList(0, 3));
    }
  }

  @Test
  void letsGoOfTheLetterOnlyWhenItsEventIsTaken() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.transport.service = sent -> FakeTransport.failed();
      bench.replay("s1:1", event("s1:1", "{}"), 5, 1, 0);
      for (int i = 0; i < 5; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofSeconds(2));
      }
      assertThat(bench.transport.sent).isNotEmpty();
      assertThat(bench.delivered).isEmpty();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.delivered).hasSize(1);
    }
  }

  @Test
  void buriesItAgainWithOneReplayMore() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.transport.service = sent -> FakeTransport.refused();
      bench.replay("s1:1", event("s1:1", "{}"), 5, 1, 2);
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1);
      DeadLetter letter = bench.letters.get(0);
      assertThat(letter.eventId()).isEqualTo("s1:1");
      assertThat(letter.replayCount()).isEqualTo(3);
      assertThat(new String(letter.eventJson(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo(event("s1:1", "{}"));
      assertThat(bench.diedAgain).containsExactly(new LetterRef(7, 1));
      assertThat(bench.delivered).isEmpty();
    }
  }

  @Test
  void buriesTheOneAmongOthersThatTheServiceRejectsByItsId() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.transport.service =
          sent ->
              FakeTransport.answer(
                  Answer.Kind.OK,
                  200,
                  "{\"rejected\":[{\"event_id\":\"s1:2\",\"error\":\"stale\"}]}");
      bench.replay("s1:1", event("s1:1", "{}"), 5, 1, 0);
      bench.replay("s1:2", event("s1:2", "{}"), 5, 2, 0);
      bench.replay("s1:3", event("s1:3", "{}"), 5, 3, 0);
      bench.runUntilDone();
      assertThat(bench.letterIds()).containsExactly("s1:2");
      assertThat(bench.delivered).containsExactly(new LetterRef(7, 1), new LetterRef(7, 3));
      assertThat(bench.diedAgain).containsExactly(new LetterRef(7, 2));
    }
  }

  @Test
  void waitsUntilItCanBeWrittenThatTheLetterIsGone() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.lettersFail = new IllegalStateException("disk");
      bench.replay("s1:1", event("s1:1", "{}"), 5, 1, 0);
      for (int i = 0; i < 3; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofSeconds(2));
      }
      assertThat(bench.waiting()).isEqualTo(1);
      bench.lettersFail = null;
      bench.runUntilDone();
      assertThat(bench.delivered).hasSize(1);
      assertThat(bench.transport.sent).hasSize(1);
    }
  }

  @Test
  void sendsTheSameBatchUnderTheSameKeyAfterAKill() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.transport.holdAnswers = true;
      bench.replay("s1:1", event("s1:1", "{}"), 5, 1, 0);
      bench.publish(2, 5);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.sent).hasSize(1);
      bench.killAndRestart();
      bench.transport.holdAnswers = false;
      bench.runUntilDone();
      assertThat(bench.transport.sent.get(1).key()).isEqualTo(bench.transport.sent.get(0).key());
      assertThat(bench.transport.sent.get(1).body()).isEqualTo(bench.transport.sent.get(0).body());
      assertThat(bench.delivered).containsExactly(new LetterRef(7, 1));
    }
  }

  @Test
  void tellsWhichReplaysAreStillInTheJournal() {
    try (Bench bench = new Bench(SETTINGS)) {
      bench.replay("s1:1", event("s1:1", "{}"), 5, 1, 0);
      bench.publish(2, 6);
      bench.runUntilDone();
      bench.replay("s1:2", event("s1:2", "{}"), 5, 2, 0);
      bench.killAndRestart();
      List<Long> keys = new java.util.ArrayList<>();
      bench.journal.forEachReplayed(
          (buffer, index) -> keys.add(org.aibridge.core.event.ReplayedEvent.key(buffer, index)));
      assertThat(keys).containsExactly(2L);
    }
  }

  @Test
  void keepsTheTimesAndAnswersOfItsAttempts() {
    try (Bench bench = new Bench("lanes = 1\nbatch_size = 4\nbatch_interval = 100\n")) {
      int[] count = {0};
      bench.transport.service =
          sent -> count[0]++ < 2 ? FakeTransport.failed() : FakeTransport.refused();
      bench.publish(2, 1);
      bench.runUntilDone();
      DeadLetter first = bench.letters.get(0);
      assertThat(first.history()).hasSize(4);
      assertThat(first.history().stream().map(DeadLetter.Attempt::events))
          .containsExactly(2, 2, 2, 1);
      assertThat(first.history().get(3).status()).isEqualTo(422);
      assertThat(first.history().get(0).atMs()).isEqualTo(first.firstAttemptMs());
      assertThat(first.attempts()).isEqualTo(4);
    }
  }

  @Test
  void keepsOfManyAttemptsTheFirstAndTheLast() {
    try (Bench bench = new Bench("lanes = 1\nbatch_size = 1\nbatch_interval = 100\n")) {
      int[] count = {0};
      bench.transport.service =
          sent -> count[0]++ < 30 ? FakeTransport.failed() : FakeTransport.refused();
      bench.publish(1, 1);
      bench.runUntilDone();
      DeadLetter letter = bench.letters.get(0);
      assertThat(letter.attempts()).isEqualTo(31);
      assertThat(letter.history()).hasSize(8);
      assertThat(letter.history().get(0).atMs()).isEqualTo(letter.firstAttemptMs());
      assertThat(letter.history().get(7).atMs()).isEqualTo(letter.lastAttemptMs());
    }
  }

  private static String event(String id, String payload) {
    return "{\"event_id\":\"%s\",\"event_type\":\"test\",\"payload\":%s}".formatted(id, payload);
  }
}
