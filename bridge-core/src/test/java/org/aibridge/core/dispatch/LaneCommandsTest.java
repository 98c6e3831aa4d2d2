package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.operator.LaneCommands;
import org.aibridge.core.text.CommandAnswer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaneCommandsTest {
  private static final int PLAYERS = 20;

  private final Bench bench = new Bench("lanes = 4\nbatch_size = 50\nmax_batch_size = 500\n");

  @BeforeEach
  void fail() {
    bench.transport.service = sent -> FakeTransport.failed();
    for (int player = 0; player < PLAYERS; player++) {
      bench.publish(1, player);
    }
    bench.clock.advance(Duration.ofSeconds(2));
    bench.runAll();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private ObjectNode ask(String verb, String batch) {
    ObjectNode command = JsonNodeFactory.instance.objectNode().put("do", verb).put("batch", batch);
    return new LaneCommands(bench.dispatcher::lanes, bench.dispatcher::setAside, Runnable::run)
        .answer(command)
        .toCompletableFuture()
        .join();
  }

  private JsonNode lane(int number) {
    return ask("show", "").path("lanes").get(number);
  }

  private String batch() {
    return lane(0).path("batch").asText();
  }

  @Test
  void showsTheBatchOfEachLaneAndWhenItGoesAgain() {
    int events = 0;
    for (int i = 0; i < 4; i++) {
      assertThat(lane(i).path("state").asText()).isEqualTo("waits");
      assertThat(lane(i).path("batch").asText()).isEqualTo(bench.transport.sent.get(0).key());
      assertThat(lane(i).path("batch_events").asInt()).isEqualTo(PLAYERS);
      assertThat(lane(i).path("next_ms").asInt()).isEqualTo(1000);
      assertThat(lane(i).path("oldest_ms").asInt()).isEqualTo(2000);
      events += lane(i).path("events").asInt();
    }
    assertThat(events).isEqualTo(PLAYERS);
  }

  @Test
  void makesDeadLettersOfTheWholeBatchAndNoneOfWhatIsBehindIt() {
    bench.publish(5, 1).runAll();
    assertThat(CommandAnswer.isDone(ask("set-aside", batch()))).isTrue();
    bench.transport.service = sent -> FakeTransport.ok();
    bench.runUntilDone();
    assertThat(bench.letterIds()).hasSize(PLAYERS).doesNotHaveDuplicates();
    assertThat(bench.letters)
        .extracting(DeadLetter::problem)
        .containsOnly("set aside by an operator after HTTP 500");
    assertThat(bench.transport.takenIds())
        .hasSize(5)
        .doesNotContainAnyElementsOf(bench.letterIds());
  }

  @Test
  void leavesABatchAloneThatIsUnderWayOrThatNobodyHas() {
    String key = batch();
    assertThat(CommandAnswer.problemOf(ask("set-aside", "s1:1-2:2:4")))
        .isEqualTo("no batch of that name waits: s1:1-2:2:4");
    assertThat(CommandAnswer.isDone(ask("set-aside", ""))).isFalse();
    bench.transport.service = sent -> null;
    bench.clock.advance(Duration.ofSeconds(2));
    bench.runAll();
    assertThat(CommandAnswer.problemOf(ask("set-aside", key))).contains("under way");
    assertThat(lane(0).path("state").asText()).isEqualTo("is sent");
    assertThat(bench.letters).isEmpty();
  }

  @Test
  void losesNothingWhenTheDeadLettersCannotBeKept() {
    bench.lettersFail = new IllegalStateException("full");
    assertThat(CommandAnswer.problemOf(ask("set-aside", batch())))
        .contains("dead letters cannot be kept", "it is tried again");
    assertThat(bench.waiting()).isEqualTo(PLAYERS);
    bench.lettersFail = null;
    bench.runUntilDone();
    assertThat(bench.letterIds()).hasSize(PLAYERS).doesNotHaveDuplicates();
  }

  @Test
  void knowsNoOtherCommand() {
    assertThat(CommandAnswer.problemOf(ask("mend", ""))).contains("mend");
  }
}
