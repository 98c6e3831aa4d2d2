package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** Batches of several lanes of which the service names what is wrong. */
class NamedInSharedBatchTest {
  private static final String LANES = "lanes = 4\nbatch_size = 50\nmax_batch_size = 200\n";

  private static Answer named(FakeTransport.Sent sent) {
    List<String> detail = new ArrayList<>();
    List<JsonNode> events = sent.events();
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).path("payload").path("poison").asBoolean()) {
        detail.add("{\"loc\":[\"body\",\"events\"," + i + "],\"msg\":\"poison\"}");
      }
    }
    return detail.isEmpty()
        ? FakeTransport.ok()
        : FakeTransport.answer(
            Answer.Kind.REFUSED, 422, "{\"detail\":[" + String.join(",", detail) + "]}");
  }

  @Test
  void goOnceMoreLaneByLaneWithoutWhatIsNamed() {
    try (Bench bench = new Bench(LANES)) {
      bench.transport.service = NamedInSharedBatchTest::named;
      for (int player = 0; player < 40; player++) {
        bench.publish(1, player);
        if (player % 9 == 0) {
          bench.publish(Bench.poison(player));
        }
      }
      bench.clock.advance(Duration.ofSeconds(1));
      bench.runAll();
      assertThat(bench.transport.sent).hasSizeBetween(2, 5);
      assertThat(bench.letterIds()).hasSize(5).doesNotHaveDuplicates();
      assertThat(bench.letters).allMatch(letter -> letter.eventJson().length > 0);
      assertThat(bench.transport.takenIds()).hasSize(40).doesNotHaveDuplicates();
      assertThat(bench.transport.taken)
          .noneMatch(event -> event.path("payload").path("poison").asBoolean());
      DispatcherBatchTest.assertOrderedByPlayer(bench);
    }
  }

  /** Whatever is named, filtered, unknown, lost and killed, each event has one end. */
  @Property(tries = 25)
  void haveOneEndForEachEvent(@ForAll Random random) {
    String lines = "lanes = 5\nbatch_size = 6\nmax_batch_size = 14\n";
    String filter = "filter = item_drop 1:3\n";
    try (Bench bench = new Bench(lines + filter)) {
      Map<String, List<String>> contents = new HashMap<>();
      bench.transport.service =
          sent -> {
            contents.putIfAbsent(sent.key(), sent.ids());
            assertThat(contents.get(sent.key())).isEqualTo(sent.ids());
            return random.nextInt(5) == 0 ? FakeTransport.lost() : named(sent);
          };
      int bad = 0;
      for (int step = 0; step < 60; step++) {
        for (int i = random.nextInt(9); i > 0; i--) {
          int player = random.nextInt(30);
          int kind = random.nextInt(12);
          bad += kind < 2 ? 1 : 0;
          if (kind == 0) {
            bench.publish(Bench.poison(player));
          } else if (kind == 1) {
            bench.publishOfLaterVersion(player);
          } else if (kind < 6) {
            bench.publish(GameEvent.itemDrop(player, "payon", 501, 1));
          } else {
            bench.publish(1, player);
          }
        }
        bench.lettersFail = random.nextInt(4) == 0 ? new IllegalStateException("full") : null;
        for (int i = random.nextInt(4); i > 0; i--) {
          bench.run();
        }
        bench.clock.advance(Duration.ofMillis(random.nextInt(1500)));
        if (random.nextInt(6) == 0) {
          bench.killAndRestart(Bench.settings(lines + (random.nextBoolean() ? filter : "")));
        }
      }
      bench.lettersFail = null;
      bench.runUntilDone();
      assertThat(bench.letterIds()).hasSize(bad).doesNotHaveDuplicates();
      assertThat(bench.transport.takenIds()).doesNotContainAnyElementsOf(bench.letterIds());
      assertThat(bench.transport.sent).isNotEmpty();
    }
  }
}
