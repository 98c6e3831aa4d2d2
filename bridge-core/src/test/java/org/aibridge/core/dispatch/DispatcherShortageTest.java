package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.store.SegmentScan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we lack ourselves costs a batch nothing but time. */
class DispatcherShortageTest {
  private static final String ONE_LANE = "lanes = 1\nbatch_size = 10\nmax_batch_size = 20\n";
  private static final String TWO_LANES = "lanes = 2\nbatch_size = 5\nmax_batch_size = 10\n";

  @Test
  void keepsABatchWholeUnderItsKeyAndAsksOnceASecond() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.service = sent -> local();
      bench.publish(20, 1).runAll();
      for (int i = 0; i < 30; i++) {
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runAll();
      }
      assertThat(bench.transport.sent).hasSize(31);
      FakeTransport.Sent first = bench.transport.sent.get(0);
      assertThat(bench.transport.sent)
          .allMatch(sent -> sent.key().equals(first.key()) && sent.body().equals(first.body()));
      bench.transport.service = sent -> FakeTransport.ok();
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.takenIds()).hasSize(20).doesNotHaveDuplicates();
      assertThat(bench.transport.sent.get(31).key()).isEqualTo(first.key());
    }
  }

  @Test
  void usesUpNoAttemptAndStandsInNoLettersHistory() {
    try (Bench bench = new Bench(ONE_LANE)) {
      int[] requests = {0};
      bench.transport.service = sent -> requests[0]++ < 20 ? local() : FakeTransport.failed();
      bench.publish(Bench.poison(1)).runAll();
      bench.clock.advance(Duration.ofSeconds(1)); // it becomes due
      for (int i = 0; i < 20; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofSeconds(1));
      }
      bench.runAll();
      assertThat(requests[0]).as("the first that failed").isEqualTo(21);
      bench.clock.advance(Duration.ofMillis(1001)); // the first delay, without jitter
      bench.transport.service = sent -> FakeTransport.refused();
      bench.runAll();
      assertThat(bench.letters).hasSize(1);
      assertThat(bench.letters.get(0).history()).hasSize(2);
    }
  }

  @Test
  void keepsAPauseForASurgeThroughIt() {
    try (Bench bench = new Bench("lanes = 1\nbatch_size = 10\nmax_batch_size = 200\n")) {
      bench.transport.service = sent -> FakeTransport.refused();
      bench.publish(200, 1).runAll();
      assertThat(bench.dispatcher.isPaused()).isTrue();
      bench.transport.service = sent -> local();
      int letters = bench.letters.size();
      for (int i = 0; i < 400; i++) {
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runAll();
      }
      assertThat(bench.dispatcher.isPaused()).isTrue();
      assertThat(bench.letters).hasSize(letters);
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(letters);
    }
  }

  /** The reader is closed under it, as one that failed within may be; new ones fail as well. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void goesOnWithWhatTheLanesHaveWhileTheJournalCannotBeRead(int seconds) throws IOException {
    try (Bench bench = new Bench(TWO_LANES)) {
      bench.transport.holdAnswers = true;
      bench.publish(12, 1).publish(12, 2).runAll();
      int under = bench.transport.sent.size();
      assertThat(under).isEqualTo(2);
      bench.publish(30, 1).publish(30, 2);
      bench.lastReader.close();
      Path segment = SegmentScan.file(bench.journal.folder(), newestSegment(bench));
      Path aside = segment.resolveSibling("aside");
      if (seconds > 0) { // What cannot be opened anew, as when there is no free descriptor.
        Files.move(segment, aside);
        Files.createDirectory(segment);
      }
      boolean[] failing = {seconds > 0};
      bench.fault =
          spot -> {
            if (failing[0] && spot == Bench.Spot.READER) {
              throw new IllegalStateException("Too many open files");
            }
          };
      bench.transport.pending.forEach(Runnable::run);
      bench.transport.pending.clear();
      bench.transport.holdAnswers = false;
      bench.runAll();
      for (int i = 0; i < seconds; i++) {
        assertThat(bench.dispatcher.stats().problem()).contains("journal cannot be read");
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runAll();
      }
      failing[0] = false;
      if (seconds > 0) {
        Files.delete(segment);
        Files.move(aside, segment);
      }
      bench.clock.advance(Duration.ofSeconds(5));
      bench.runAll();
      assertThat(bench.waiting()).isZero();
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
      assertThat(bench.transport.takenIds()).hasSize(84).doesNotHaveDuplicates();
      assertThat(bench.transport.sent.stream().map(FakeTransport.Sent::key))
          .as("nothing is sent twice")
          .doesNotHaveDuplicates();
      assertThat(bench.dispatcher.stats().resent()).isZero();
    }
  }

  @Test
  void savesAgainThoughNothingHasChangedButHowManyWait() throws IOException {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.holdAnswers = true;
      bench.publish(10, 1).runAll();
      bench.clock.advance(Duration.ofMinutes(1));
      bench.runAll();
      bench.journal.cursor().close(); // Each write fails from now on.
      bench.publish(10, 1).runAll();
      bench.clock.advance(Duration.ofMinutes(1));
      bench.runAll().runAll();
      assertThat(bench.dispatcher.stats().problem()).contains("cursor cannot be written");
      Files.delete(bench.journal.folder().resolve("cursor")); // It is made anew.
      for (int i = 0; i < 60; i++) {
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runAll();
      }
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
    }
  }

  /** Chronicle throws what it does not declare. */
  @Test
  void keepsABatchWhoseLetterCannotBeKept() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.service =
          sent -> sent.hasPoison() ? FakeTransport.refused() : FakeTransport.ok();
      boolean[] failing = {true};
      bench.fault =
          spot -> {
            if (failing[0] && spot == Bench.Spot.LETTER) {
              DispatcherShortageTest.<RuntimeException>sneak(
                  new java.io.FileNotFoundException("x (Too many open files)"));
            }
          };
      bench.publish(5, 1).publish(Bench.poison(1)).publish(5, 1);
      bench.clock.advance(Duration.ofSeconds(1));
      for (int i = 0; i < 10; i++) {
        bench.runAll();
        bench.clock.advance(Duration.ofSeconds(1));
      }
      assertThat(bench.dispatcher.stats().problem())
          .contains("dead letters cannot be kept", "too many open files");
      assertThat(bench.letters).isEmpty();
      assertThat(bench.waiting()).isEqualTo(6);
      failing[0] = false;
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.letters).hasSize(1);
      assertThat(bench.waiting()).isZero();
      assertThat(new HashSet<>(bench.transport.takenIds())).hasSize(10);
    }
  }

  private static Answer local() {
    return FakeTransport.answer(Answer.Kind.LOCAL_FAILURE, 0, "");
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void sneak(Exception e) throws E {
    throw (E) e;
  }

  private static int newestSegment(Bench bench) throws IOException {
    List<Integer> segments = SegmentScan.segments(bench.journal.folder());
    return segments.get(segments.size() - 1);
  }
}
