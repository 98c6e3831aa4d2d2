package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.store.Records;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** Publishes three records: of two events, of three, and of one. */
  private static List<String> publishThreeRecords(Bench bench) {
    bench.publish(2, 7).publish(3, 8).publish(1, 9);
    return bench.waitingIds();
  }

  private static List<String> sent(Bench bench) {
    return bench.transport.sent.stream().flatMap(sent -> sent.ids().stream()).toList();
  }

  /** The bytes that a letter holds of what a later version wrote. */
  private static byte[] bytes(DeadLetter letter) {
    try {
      return new ObjectMapper()
          .readTree(letter.eventJson())
          .path("payload")
          .path("bytes")
          .binaryValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 2", "1, 2, 5", "2, 5, 6"})
  void keepsTheWholeOfARecordInTheLettersOfItsEventsAndSendsItsNeighbours(
      int record, int from, int to) throws Exception {
    try (Bench bench = new Bench("lanes = 3\nbatch_size = 10\n")) {
      List<String> ids = publishThreeRecords(bench);
      byte[][] changed = new byte[1][];
      bench.killAndRestart(
          bench.config,
          journal ->
              Records.change(
                  journal,
                  record,
                  bytes -> {
                    bytes[0] = 9;
                    changed[0] = bytes;
                  }));
      bench.clock.advance(Duration.ofMinutes(1));
      bench.runUntilDone();

      List<String> others = new ArrayList<>(ids);
      others.removeAll(ids.subList(from, to));
      assertThat(sent(bench)).containsExactlyInAnyOrderElementsOf(others);
      assertThat(bench.letterIds()).isEqualTo(ids.subList(from, to));
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      for (DeadLetter letter : bench.letters) {
        assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.LATER_VERSION);
        assertThat(letter.problem())
            .contains("a later version", "version 9", "of the " + (to - from));
        whole.write(bytes(letter));
      }
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
      assertThat(bench.dispatcher.damagedRecords()).isZero();
      assertThat(bench.journal.missing()).isZero();
      assertThat(whole.toByteArray()).isEqualTo(changed[0]);
      bench.killAndRestart();
      assertThat(bench.runUntilDone().letters).as("once").hasSize(to - from);
    }
  }

  @Test
  void makesTheLettersOfARecordOnceThoughTheServiceStaysAwayThroughRestarts() throws Exception {
    try (Bench bench = new Bench(ONE_LANE)) {
      Function<FakeTransport.Sent, Answer> service = bench.transport.service;
      bench.transport.service = sent -> FakeTransport.answer(Answer.Kind.FAILED, 503, "");
      List<String> ids = publishThreeRecords(bench);
      bench.killAndRestart(
          bench.config, journal -> Records.change(journal, 1, bytes -> bytes[3] = 1));
      for (String lanes : List.of(ONE_LANE, "lanes = 5\n", ONE_LANE)) {
        bench.clock.advance(Duration.ofMinutes(1));
        bench.runAll();
        bench.killAndRestart(Bench.settings(lanes));
      }
      assertThat(bench.letterIds()).isEqualTo(ids.subList(2, 5));
      bench.transport.sent.clear();
      bench.transport.service = service;
      bench.clock.advance(Duration.ofMinutes(1));
      bench.runUntilDone();
      assertThat(sent(bench)).containsExactly(ids.get(0), ids.get(1), ids.get(5));
      assertThat(bench.letters).hasSize(3);
    }
  }

  @Test
  void neverLetsAnEventOfALaterVersionExpireSoThatItIsNotReplayed() {
    try (Bench bench = new Bench("lanes = 1\nevent_ttl = 60\n")) {
      bench.publishOfLaterVersion(PLAYER).publish(1, PLAYER);
      bench.clock.advance(Duration.ofHours(1));
      bench.runUntilDone();
      assertThat(bench.letters)
          .extracting(DeadLetter::reason)
          .containsExactly(DeadLetter.Reason.LATER_VERSION, DeadLetter.Reason.EXPIRED);
    }
  }

  /** Where codes lie in an event: its type, its priority, its flags. */
  private static final int EVENT_CODES = 3;

  /**
   * Any version of a record, and any code in one of its events, that this version does not know.
   */
  @Property(tries = 60)
  void neitherStallsNorLosesANeighbourWhateverTheCode(
      @ForAll @IntRange(max = 2) int record,
      @ForAll @IntRange(max = EVENT_CODES) int place,
      @ForAll int version,
      @ForAll byte code)
      throws Exception {
    boolean unknown =
        switch (place) {
          case 0 -> code < 0 || code > 10 && code != 100 && code != 101;
          case 1 -> code < 0 || code > 3;
          case 2 -> (code & 0xE0) != 0;
          default -> version != 1 && version != 2;
        };
    Assume.that(unknown);
    try (Bench bench = new Bench("lanes = 2\nbatch_size = 10\n")) {
      List<String> ids = publishThreeRecords(bench);
      int first = List.of(0, 2, 5).get(record);
      int gone = place == EVENT_CODES ? List.of(2, 3, 1).get(record) : 1;
      bench.killAndRestart(
          bench.config,
          journal ->
              Records.change(
                  journal,
                  record,
                  bytes -> {
                    if (place == EVENT_CODES) {
                      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, version);
                    } else {
                      int event = 44;
                      bytes[event + place] =
                          (byte) (place == 2 ? bytes[event + 2] | code & 0xE0 : code);
                    }
                  }));
      bench.clock.advance(Duration.ofMinutes(1));
      bench.runUntilDone();
      assertThat(bench.letterIds()).isEqualTo(ids.subList(first, first + gone));
      assertThat(sent(bench)).hasSize(6 - gone).doesNotContainAnyElementsOf(bench.letterIds());
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
    }
  }
}
