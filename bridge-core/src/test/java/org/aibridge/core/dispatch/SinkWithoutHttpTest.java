package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Retries;
import org.aibridge.core.service.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dispatch acts on verdicts, whatever engine they come from. */
class SinkWithoutHttpTest {
  private final Bench bench = new Bench("lanes = 1\nbatch_size = 4\n");
  private final Scripted sink = new Scripted();

  /** Answers at once, as it was told to; delivered when it was told nothing. */
  private static final class Scripted implements EventSink {
    final List<EventBatch> sent = new ArrayList<>();
    final Deque<Function<EventBatch, Verdict>> script = new ArrayDeque<>();
    long notBeforeMs;
    boolean singly;

    @Override
    public boolean takesSingly() {
      return singly;
    }

    @Override
    public long trySend(EventBatch batch, Consumer<Verdict> onVerdict) {
      sent.add(batch);
      Function<EventBatch, Verdict> next = script.poll();
      onVerdict.accept(next == null ? Verdict.Delivered.whole(reply(1)) : next.apply(batch));
      return 0;
    }

    @Override
    public long notBeforeMs() {
      return notBeforeMs;
    }
  }

  private static Verdict.Reply reply(int code) {
    return new Verdict.Reply(code, code == 1 ? "" : "code " + code, "text", "", false, 1);
  }

  @BeforeEach
  void start() {
    start(bench.config);
  }

  private void start(BridgeConfig config) {
    bench.config = config;
    bench.dispatcher.close();
    bench.dispatcher =
        new Dispatcher(
            () -> bench.config,
            bench.journal,
            sink,
            bench.letters::add,
            () -> new Retries(3, Duration.ofSeconds(1), () -> 0.5),
            bench.clock,
            () -> {});
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void makesLettersOfWhatADeliveredBatchNames() {
    bench.publish(4, 1);
    sink.script.add(batch -> new Verdict.Delivered(reply(9), Map.of(1, "bad", 3, "worse"), false));
    bench.runUntilDone();
    assertThat(bench.letters).extracting(DeadLetter::problem).containsExactly("bad", "worse");
    assertThat(bench.letters).extracting(DeadLetter::status).containsOnly(9);
    assertThat(bench.dispatcher.stats().delivered()).isEqualTo(2);
  }

  @Test
  void halvesARefusedBatchDownToTheOneThatIsToBlame() {
    bench.publish(3, 1).publish(Bench.poison(1));
    Function<EventBatch, Verdict> judge =
        batch ->
            new String(batch.body(), StandardCharsets.UTF_8).contains("poison")
                ? Verdict.Refused.unnamed(reply(4))
                : Verdict.Delivered.whole(reply(1));
    for (int i = 0; i < 10; i++) {
      sink.script.add(judge);
    }
    bench.runUntilDone();
    assertThat(bench.letterIds()).hasSize(1);
    assertThat(bench.letters.get(0).eventJson()).asString().contains("poison");
    assertThat(sink.sent).extracting(EventBatch::size).containsExactly(4, 2, 2, 1, 1);
  }

  @Test
  void splitsATooLargeBatchByBytesAndStaysBelow() {
    bench.publish(8, 1);
    sink.script.add(batch -> new Verdict.TooLarge(reply(5)));
    bench.runUntilDone();
    int tooMuch = sink.sent.get(0).body().length;
    assertThat(sink.sent.subList(1, sink.sent.size()))
        .allSatisfy(batch -> assertThat(batch.body().length).isLessThanOrEqualTo(tooMuch / 2));
    assertThat(bench.letters).isEmpty();
  }

  @Test
  void sendsTheSameBatchAgainLaterUnderItsKey() {
    bench.publish(4, 1);
    sink.script.add(batch -> new Verdict.Later(reply(0), false, false));
    sink.script.add(batch -> new Verdict.NotSent(reply(0)));
    sink.script.add(batch -> new Verdict.Held(reply(7)));
    bench.runUntilDone();
    assertThat(sink.sent).hasSize(4);
    assertThat(sink.sent).extracting(EventBatch::key).containsOnly(sink.sent.get(0).key());
    assertThat(bench.dispatcher.stats().delivered()).isEqualTo(4);
  }

  @Test
  void listsTheEventsForASinkThatTakesThemSinglyInTheContractsForm() {
    sink.singly = true;
    start(Bench.settings("lanes = 1\nbatch_size = 9\n[ai_service]\nprofile = fastapi\n"));
    bench
        .publish(GameEvent.monsterKill(7, "payon", 1002).at(5))
        .publish(GameEvent.custom("boss_down", "k\"é", "payon", "{}").at(6))
        .publish(GameEvent.custom("boss_down", GameEvent.NO_PLAYER, "geffen", "{}").at(8))
        .publish(GameEvent.dailyReset().at(9));
    bench.runUntilDone();
    EventBatch batch = sink.sent.get(0);
    assertThat(batch.events())
        .extracting(EventBatch.Event::type)
        .containsExactly("monster_kill", "boss_down", "boss_down", "daily_reset");
    assertThat(batch.events())
        .extracting(EventBatch.Event::orderKey)
        .containsExactly("7", "k\"é", "geffen", "s1");
    assertThat(batch.events())
        .extracting(EventBatch.Event::timestampMs)
        .containsExactly(5L, 6L, 8L, 9L);
    for (EventBatch.Event event : batch.events()) {
      assertThat(json(batch, event))
          .startsWith("{\"event_id\":\"" + event.id() + "\",\"event_type\":")
          .endsWith("}");
    }
    assertThat(json(batch, batch.events().get(0)))
        .contains("\"event_type\":\"monster_kill\",\"player_id\":7,\"map\":\"payon\"");
  }

  @Test
  void listsEventsThatAreReplayedAsTheyWereOnce() {
    sink.singly = true;
    start(bench.config);
    String json =
        "{\"event_id\":\"s1:4\",\"event_type\":\"boss_down\",\"map\":\"payon\",\"timestamp\":77,"
            + "\"priority\":\"normal\",\"payload\":{\"map\":\"none\",\"timestamp\":1}}";
    bench.replay("s1:4", json, GameEvent.NO_PLAYER, 1, 0);
    bench.runUntilDone();
    EventBatch batch = sink.sent.get(0);
    EventBatch.Event event = batch.events().get(0);
    assertThat(event.id()).isEqualTo("s1:4");
    assertThat(event.type()).isEqualTo("boss_down");
    assertThat(event.orderKey()).isEqualTo("payon");
    assertThat(event.timestampMs()).isEqualTo(77);
    assertThat(json(batch, event)).isEqualTo(json);
  }

  @Test
  void listsNoEventsForASinkThatSendsTheWhole() {
    bench.publish(4, 1);
    bench.runUntilDone();
    assertThat(sink.sent.get(0).events()).isEmpty();
  }

  private static String json(EventBatch batch, EventBatch.Event event) {
    return new String(
        batch.body(), event.from(), event.to() - event.from(), StandardCharsets.UTF_8);
  }

  @Test
  void keepsAnOrderedWaitOverARestart() {
    bench.publish(4, 1);
    sink.notBeforeMs = bench.clock.epochMs() + 60_000;
    sink.script.add(batch -> new Verdict.Later(reply(6), true, false));
    bench.dispatcher.runOnce();
    bench.dispatcher.runOnce();
    assertThat(bench.journal.cursor().notBeforeMs()).isEqualTo(sink.notBeforeMs);
  }
}
