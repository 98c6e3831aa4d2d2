package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** Events that a filter keeps from the service: each has its end, whatever waits before it. */
class FilteredEventsTest {
  private static final String ONE_LANE = "lanes = 1\nbatch_size = 10\nmax_batch_size = 10\n";

  private static Bench publish(Bench bench, int sent, int dropped) {
    for (int i = 0; i < Math.max(sent, dropped); i++) {
      if (i < dropped) {
        bench.publish(GameEvent.itemDrop(i % 5, "payon", 501, 1));
      }
      if (i < sent) {
        bench.publish(GameEvent.monsterKill(i % 5, "payon", 1002));
      }
    }
    return bench;
  }

  @Property(tries = 40)
  void areCountedAndNotSent(
      @ForAll @IntRange(max = 60) int sent,
      @ForAll @IntRange(max = 200) int dropped,
      @ForAll @IntRange(min = 1, max = 4) int lanes) {
    try (Bench bench =
        new Bench("lanes = " + lanes + "\nbatch_size = 10\nfilter = item_drop drop\n")) {
      publish(bench, sent, dropped).runUntilDone();
      assertThat(bench.transport.taken)
          .hasSize(sent)
          .noneMatch(event -> event.path("event_type").asText().equals("item_drop"));
      assertThat(bench.dispatcher.stats().delivered()).isEqualTo(sent);
      assertThat(bench.dispatcher.stats().filtered()).isEqualTo(dropped);
      assertThat(bench.dispatcher.stats().filteredByType())
          .isEqualTo(dropped == 0 ? Map.of() : Map.of("item_drop", (long) dropped));
      bench.killAndRestart();
      assertThat(bench.waiting()).isZero();
    }
  }

  @Test
  void haveTheirEndAfterThoseBeforeThem() {
    try (Bench bench = new Bench(ONE_LANE + "filter = item_drop drop\n")) {
      bench.transport.service = sent -> FakeTransport.failed();
      publish(bench, 5, 5);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.dispatcher.stats().filtered()).as("the one before all others").isEqualTo(1);
      bench.transport.service = null;
      bench.killAndRestart();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.transport.takenIds()).hasSize(5).doesNotHaveDuplicates();
      assertThat(bench.dispatcher.stats().filtered()).isEqualTo(4);
    }
  }

  @Test
  void leaveABatchThatIsSentAgainItsKeyAndItsEvents() {
    try (Bench bench = new Bench(ONE_LANE + "filter = item_drop 1:3, monster_kill 1:2\n")) {
      bench.transport.service = sent -> FakeTransport.failed();
      publish(bench, 40, 40);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      FakeTransport.Sent first = bench.transport.sent.get(0);
      bench.killAndRestart();
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      FakeTransport.Sent again = bench.transport.sent.get(bench.transport.sent.indexOf(first) + 1);
      assertThat(again.key()).isEqualTo(first.key());
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(bench.transport.takenIds()).doesNotHaveDuplicates();
    }
  }

  @Test
  void giveABatchAnotherKeyWhereAnotherFilterPicksOthers() {
    try (Bench bench = new Bench(ONE_LANE + "filter = item_drop 1:3\n")) {
      bench.transport.service = sent -> FakeTransport.failed();
      publish(bench, 3, 40);
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      FakeTransport.Sent first = bench.transport.sent.get(0);
      bench.killAndRestart(Bench.settings(ONE_LANE + "filter = item_drop 1:4\n"));
      bench.transport.service = sent -> FakeTransport.ok();
      bench.runUntilDone();
      assertThat(bench.transport.sent)
          .allSatisfy(
              sent ->
                  assertThat(sent.key().equals(first.key()))
                      .isEqualTo(sent.ids().equals(first.ids())));
    }
  }
}
