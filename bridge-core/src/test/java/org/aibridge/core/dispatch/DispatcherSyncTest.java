package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** A dead letter is on the disk before anything forgets its event. */
class DispatcherSyncTest {
  private static final String LINES = "lanes = 1\nbatch_size = 50\nmax_batch_size = 50\n";
  private static final int ROUNDS = 16;

  @Test
  void syncsADeadLetterBeforeTheCursorPassesItAndItsSegmentGoes() {
    try (Bench bench = new Bench(LINES)) {
      bench.transport.service = DispatcherSyncTest::refusePoison;
      List<String> unsynced = new ArrayList<>();
      int[] syncs = new int[1];
      long[] segmentsAtLastSync = new long[1];
      bench.lettersSync =
          () -> {
            unsynced.addAll(bench.letterIds());
            assertThat(bench.waitingIds()).contains(bench.letterIds().get(syncs[0]));
            assertThat(bench.letters).hasSize(++syncs[0]);
            segmentsAtLastSync[0] = segments(bench);
          };
      for (int round = 0; round < ROUNDS; round++) {
        bench.publish(Bench.poison(1));
        for (int i = 0; i < 4; i++) {
          bench.publish(large());
        }
      }
      assertThat(segments(bench)).as("segments at first").isGreaterThan(2);
      bench.runUntilDone();
      assertThat(syncs[0]).isEqualTo(ROUNDS);
      assertThat(unsynced).containsAll(bench.letterIds());
      assertThat(segments(bench)).isLessThan(segmentsAtLastSync[0] + 1).isEqualTo(1);
    }
  }

  @Test
  void forgetsNothingWhileTheDiskTakesNoSync() {
    try (Bench bench = new Bench(LINES)) {
      bench.transport.service = DispatcherSyncTest::refusePoison;
      bench.lettersSync =
          () -> {
            throw new UncheckedIOException(new IOException("disk gone"));
          };
      bench.publish(Bench.poison(1));
      for (int i = 0; i < 40; i++) {
        bench.publish(large());
      }
      long before = segments(bench);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      int sent = bench.transport.sent.size();
      for (int i = 0; i < 5; i++) {
        bench.clock.advance(Duration.ofSeconds(1));
        bench.runAll();
      }
      assertThat(bench.transport.sent).as("it is not asked for again").hasSize(sent);
      assertThat(bench.dispatcher.stats().problem()).contains("disk gone");
      assertThat(bench.letters).as("kept once").hasSize(1);
      assertThat(bench.waitingIds()).contains(bench.letterIds().get(0));
      assertThat(segments(bench)).isEqualTo(before);

      bench.lettersSync = () -> {};
      bench.runUntilDone();
      assertThat(bench.letters).hasSize(1);
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
      assertThat(bench.transport.takenIds()).hasSize(40).doesNotHaveDuplicates();
      assertThat(segments(bench)).isLessThan(before);
    }
  }

  private static GameEvent large() {
    return GameEvent.custom("test", 1, null, "{\"a\":\"" + "x".repeat(60_000) + "\"}");
  }

  private static Answer refusePoison(FakeTransport.Sent sent) {
    return sent.hasPoison() ? FakeTransport.refused() : FakeTransport.ok();
  }

  private static long segments(Bench bench) {
    try (Stream<java.nio.file.Path> files = Files.list(bench.journal.folder())) {
      return files.filter(file -> file.toString().endsWith(".cq4")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
