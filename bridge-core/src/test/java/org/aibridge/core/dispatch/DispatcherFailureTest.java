package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** Errors of the JVM inside the dispatcher: no event is skipped, and its place is found again. */
class DispatcherFailureTest {
  private static final String ONE_LANE = "lanes = 1\nbatch_size = 10\nmax_batch_size = 20\n";
  private static final String LANES =
      "lanes = 2\nbatch_size = 4\nmax_batch_size = 8\nevent_ttl = 60000\n";

  /** Counts its calls and throws at one of them, then every few calls for a while. */
  private static final class Fault implements Consumer<Bench.Spot> {
    private final int first;
    private final int every;
    private int calls;
    private int left;

    Fault(int first, int every, int times) {
      this.first = first;
      this.every = every;
      this.left = times;
    }

    @Override
    public void accept(Bench.Spot spot) {
      calls++;
      if (left > 0 && calls >= first && (calls - first) % every == 0) {
        left--;
        throw new OutOfMemoryError("thrown by the test");
      }
    }
  }

  @Test
  void doesNotSkipAnEventThatWasReadAndNotKept() {
    try (Bench bench = new Bench(ONE_LANE)) {
      int[] calls = {0};
      bench.publish(20, 1);
      // Between two events of one record: the settings first, then the queue for each event.
      bench.fault =
          spot -> {
            if (spot == Bench.Spot.ADD && ++calls[0] == 7) {
              throw new OutOfMemoryError("thrown by the test");
            }
          };
      assertThatThrownBy(bench::run).isInstanceOf(OutOfMemoryError.class);
      assertThat(bench.dispatcher.stats().problem()).isNotEmpty();
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(20).doesNotHaveDuplicates();
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(20);
      assertThat(bench.dispatcher.stats().problem()).isEmpty();
    }
  }

  @Test
  void ignoresAnswersToWhatWasUnderWayBeforeAFailure() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.transport.holdAnswers = true;
      bench.publish(20, 1).runAll();
      assertThat(bench.transport.sent).hasSize(1);
      failOnce(bench);
      bench.clock.advance(Duration.ofSeconds(2));
      bench.runAll();
      assertThat(bench.transport.sent).hasSize(2);
      assertThat(bench.transport.sent.get(1).key()).isEqualTo(bench.transport.sent.get(0).key());
      assertThat(bench.transport.sent.get(1).body()).isEqualTo(bench.transport.sent.get(0).body());
      bench.transport.pending.remove().run();
      bench.runAll();
      assertThat(bench.waiting()).as("answered before the failure").isEqualTo(20);
      bench.transport.pending.remove().run();
      bench.runAll();
      assertThat(bench.waiting()).isZero();
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(20);
    }
  }

  @Test
  void movesNoCursorWhenItIsClosedAfterAFailure() {
    Bench bench = new Bench(ONE_LANE);
    try (bench) {
      bench.publish(20, 1);
      bench.fault = new Fault(6, 1, Integer.MAX_VALUE);
      assertThatThrownBy(bench::run).isInstanceOf(OutOfMemoryError.class);
      bench.fault = spot -> {};
      bench.dispatcher.close();
      bench.killAndRestart();
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(20);
    }
  }

  @Test
  void goesOnWhenItFailsWhileBeginningAnew() {
    try (Bench bench = new Bench(ONE_LANE)) {
      bench.publish(35, 1);
      bench.fault = new Fault(1, 1, 40);
      for (int i = 0; i < 41; i++) {
        runThroughErrors(bench);
        bench.clock.advance(Duration.ofSeconds(2));
      }
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(35).doesNotHaveDuplicates();
    }
  }

  @Property(tries = 150)
  void bringsEveryEventToItsEndInOrderWhereverAnErrorComes(
      @ForAll @IntRange(min = 1, max = 400) int first,
      @ForAll @IntRange(min = 1, max = 60) int every,
      @ForAll @IntRange(min = 1, max = 12) int times) {
    try (Bench bench = new Bench(LANES)) {
      int[] requests = {0};
      bench.transport.service = sent -> answer(sent, requests[0]++);
      List<String> published = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        bench.publish(2, 1).publish(3, 2).publish(Bench.poison(i % 3)).publish(1, 3);
      }
      bench.clock.advance(Duration.ofSeconds(61));
      bench.publish(9, 1).publish(8, 2).publish(Bench.poison(2)).publish(9, 3);
      published.addAll(bench.waitingIds());
      bench.fault = new Fault(first, every, times);
      for (int i = 0; i < 60; i++) {
        runThroughErrors(bench);
        bench.clock.advance(Duration.ofMillis(400));
      }
      bench.fault = spot -> {};
      bench.runUntilDone();
      Set<String> ended = new HashSet<>(bench.transport.takenIds());
      ended.addAll(bench.letterIds());
      assertThat(ended).containsExactlyInAnyOrderElementsOf(published);
      assertEachEndedOnce(bench, published.size());
      assertFirstTakenInOrder(bench);
    }
  }

  /** As a service that fails now and then, refuses poison and takes no more than five at once. */
  private static Answer answer(FakeTransport.Sent sent, int request) {
    if (request % 5 == 1) {
      return FakeTransport.failed();
    }
    if (sent.hasPoison()) {
      return FakeTransport.refused();
    }
    return sent.size() > 5
        ? FakeTransport.answer(Answer.Kind.TOO_LARGE, 413, "")
        : FakeTransport.ok();
  }

  private static void assertEachEndedOnce(Bench bench, int published) {
    DispatchStats stats = bench.dispatcher.stats();
    assertThat(stats.delivered() + stats.deadLettered() + stats.expired()).isEqualTo(published);
  }

  private static void assertFirstTakenInOrder(Bench bench) {
    Map<Long, Long> last = new HashMap<>();
    Set<String> seen = new HashSet<>();
    bench.transport.taken.forEach(
        event -> {
          String id = event.path("event_id").asText();
          if (seen.add(id)) {
            long sequence = DispatcherBatchTest.sequence(id);
            Long before = last.put(event.path("player_id").asLong(), sequence);
            assertThat(before == null || before < sequence).as(id).isTrue();
          }
        });
  }

  private static void failOnce(Bench bench) {
    bench.fault = new Fault(1, 1, 1);
    assertThatThrownBy(bench::run).isInstanceOf(OutOfMemoryError.class);
    bench.fault = spot -> {};
  }

  private static void runThroughErrors(Bench bench) {
    try {
      bench.run();
    } catch (OutOfMemoryError e) {
      assertThat(e).hasMessage("thrown by the test");
    }
  }
}
