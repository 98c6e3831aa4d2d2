package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that a later version left in the journal: none stalls a lane, none is sent. */
class LaterVersionTest {
  private static final String ONE_LANE = "lanes = 1\nbatch_size = 10\n";
  private static final int PLAYER = 7;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void makesADeadLetterOfEachAndSendsTheOthersInOrder(boolean restarted) throws Exception {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.publishOfLaterVersion(PLAYER);
      bench.publish(2, PLAYER);
      bench.publishOfLaterVersion(PLAYER).publishOfLaterVersion(PLAYER);
      bench.publish(1, PLAYER);
      bench.publishOfLaterVersion(PLAYER);
      List<String> ids = bench.waitingIds();
      if (restarted) {
        bench.killAndRestart();
      }
      bench.clock.advance(Duration.ofMinutes(1));
      bench.runUntilDone();

      assertThat(bench.transport.sent.stream().flatMap(sent -> sent.ids().stream()))
          .containsExactly(ids.get(1), ids.get(2), ids.get(5));
      assertThat(bench.letterIds()).containsExactly(ids.get(0), ids.get(3), ids.get(4), ids.get(6));
      assertThat(bench.letters)
          .allSatisfy(
              letter -> {
                assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.LATER_VERSION);
                assertThat(letter.problem()).contains("a later version", "type 77");
                assertThat(letter.attempts()).isZero();
                assertThat(new String(letter.eventJson()))
                    .contains("\"player_id\":7,\"map\":\"prontera\"", "\"bytes\":\"TQ");
              });
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(3);
      assertThat(bench.dispatcher.stats().deadLettered()).isEqualTo(4);
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {422, 503})
  void keepsThemApartFromWhatTheServiceSays(int status) {
    try (Bench bench = new Bench(ONE_LANE)) {
      Function<FakeTransport.Sent, Answer> service = bench.transport.service;
      Answer.Kind kind = status == 422 ? Answer.Kind.REFUSED : Answer.Kind.FAILED;
      bench.transport.service = sent -> FakeTransport.answer(kind, status, "");
      bench.publish(1, PLAYER).publishOfLaterVersion(PLAYER).publish(1, PLAYER);
      List<String> ids = bench.waitingIds();
      bench.clock.advance(Duration.ofMinutes(1));
      bench.runAll();
      bench.transport.service = service;
      bench.runUntilDone();
      assertThat(bench.letterIds()).contains(ids.get(1)).hasSize(status == 422 ? 3 : 1);
      assertThat(bench.transport.sent).noneMatch(sent -> sent.ids().contains(ids.get(1)));
    }
  }
}
