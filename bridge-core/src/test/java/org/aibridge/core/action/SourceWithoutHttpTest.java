package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.ResultBatch;
import org.aibridge.core.service.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The actions stage acts on what a source says, whatever engine it speaks for. */
class SourceWithoutHttpTest {
  private static final int HOLD_MS = 20_000;

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final Scripted source = new Scripted();
  private final List<String> applied = new ArrayList<>();
  private Limits limits;
  private ActionService service;

  /** Answers at once, as it was told to; with no actions, and delivered, when told nothing. */
  private static final class Scripted implements ActionSource {
    /** What was asked, as {@code most/holdMs}. */
    final List<String> asked = new ArrayList<>();

    final List<ResultBatch> told = new ArrayList<>();
    final Deque<Offered> offers = new ArrayDeque<>();
    final Deque<Verdict> verdicts = new ArrayDeque<>();
    long awayNanos;

    /** Whether what is asked waits for the test, in {@link #waiting}. */
    boolean silent;

    Consumer<Offered> waiting;

    @Override
    public long tryAsk(int most, long holdMs, Consumer<Offered> onOffered) {
      if (awayNanos > 0) {
        return awayNanos;
      }
      asked.add(most + "/" + holdMs);
      if (silent) {
        waiting = onOffered;
        return 0;
      }
      Offered next = offers.poll();
      onOffered.accept(next == null ? new Offered.Actions(new byte[0], 0) : next);
      return 0;
    }

    @Override
    public long tryTell(ResultBatch results, Consumer<Verdict> onVerdict) {
      if (awayNanos > 0) {
        return awayNanos;
      }
      told.add(results);
      Verdict next = verdicts.poll();
      onVerdict.accept(next == null ? Verdict.Delivered.whole(reply(0)) : next);
      return 0;
    }
  }

  private static Verdict.Reply reply(int code) {
    return new Verdict.Reply(code, code == 0 ? "" : "code " + code, "", "", false, 1);
  }

  private static Offered actions(String rest, String... ids) {
    List<String> all = new ArrayList<>();
    for (String id : ids) {
      all.add(Rig.broadcast(id));
    }
    String json = "{\"actions\":[" + String.join(",", all) + "]" + rest + "}";
    return new Offered.Actions(json.getBytes(StandardCharsets.UTF_8), 0);
  }

  @BeforeEach
  void start() throws IOException {
    limits = new Limits(folder.resolve("ledger"));
    limits.longPoll = Duration.ofMillis(HOLD_MS);
    service =
        new ActionService(
            new ActionSettings(limits, new Permits(), () -> "a topic", folder, null, 0, false),
            source,
            Rig::retries,
            World.of(clock),
            () -> {});
    service.onAction(
        Broadcast.class,
        action -> {
          applied.add(action.header().id());
          return ActionReply.done();
        });
    service.tick();
  }

  @AfterEach
  void stop() {
    service.close();
  }

  /** Ticks and slices for {@code ms}, in steps of 10 ms. */
  private void run(long ms) {
    for (long i = 0; i <= ms; i += 10) {
      service.tick();
      service.runOnce();
      service.runOnce();
      clock.advanceMs(10);
    }
  }

  private List<String> toldIds() {
    return source.told.stream().map(ResultBatch::key).toList();
  }

  @Test
  void asksForAsManyAsThereIsRoomForAndAppliesWhatIsOffered() {
    source.offers.add(actions("", "a", "b"));
    run(100);
    assertThat(source.asked.get(0)).isEqualTo("1000/" + HOLD_MS);
    assertThat(applied).containsExactly("a", "b");
    assertThat(toldIds()).containsExactly("a", "b");
    assertThat(new String(source.told.get(0).body(), StandardCharsets.UTF_8))
        .contains("\"action_id\":\"a\"", "\"status\":\"completed\"");
    assertThat(service.isDrained()).isTrue();
  }

  @Test
  void tellsAsManyAtOnceAsTheServiceTakes() {
    source.offers.add(actions(",\"max_results\":10", "a", "b", "c"));
    run(100);
    assertThat(source.told).extracting(ResultBatch::size).containsExactly(3);
    assertThat(toldIds().get(0)).startsWith("results-");
  }

  @Test
  void asksAtOnceWhereTheServiceHeldTheAskingAndNothingCame() {
    source.silent = true;
    run(HOLD_MS);
    assertThat(source.asked).hasSize(1);
    source.waiting.accept(new Offered.Actions(new byte[0], HOLD_MS));
    run(20);
    assertThat(source.asked).hasSize(2);
    source.waiting.accept(new Offered.Actions(new byte[0], HOLD_MS));
    run(20);
    assertThat(source.asked).as("it did not hold that one").hasSize(2);
  }

  @Test
  void asksAtOnceAgainWhereTheServiceDoesNotHold() {
    source.offers.add(new Offered.NotHeld());
    run(20);
    assertThat(source.asked).hasSize(2);
  }

  @Test
  void asksAServiceWithoutActionsOnceAMinute() {
    source.offers.add(new Offered.Unavailable("no such topic"));
    run(59_000);
    assertThat(source.asked).hasSize(1);
    run(1500);
    assertThat(source.asked).hasSize(2);
  }

  static List<Verdict> whatGrowsThePause() {
    return List.of(
        new Verdict.Later(reply(1), false, false),
        new Verdict.Later(reply(2), true, false),
        new Verdict.Held(reply(3)),
        Verdict.Refused.unnamed(reply(4)),
        new Verdict.TooLarge(reply(5)));
  }

  @ParameterizedTest
  @MethodSource("whatGrowsThePause")
  void asksLessAndLessOftenWhileNothingComes(Verdict why) {
    for (int i = 0; i < 3; i++) {
      source.offers.add(new Offered.Nothing(why));
    }
    run(900);
    assertThat(source.asked).hasSize(1);
    run(1100);
    assertThat(source.asked).hasSize(2);
    run(900);
    assertThat(source.asked).as("after 2 s").hasSize(2);
    run(200);
    assertThat(source.asked).hasSize(3);
    assertThat(source.asked.subList(1, 3)).as("not held").allMatch(asked -> asked.endsWith("/0"));
  }

  @Test
  void asksSoonAgainAfterAShortageOfOurOwn() {
    for (int i = 0; i < 10; i++) {
      source.offers.add(new Offered.Nothing(new Verdict.NotSent(reply(0))));
    }
    run(9_500);
    assertThat(source.asked).as("once a second").hasSize(10);
  }

  @Test
  void asksWhenTheSourceSaysAndNotBefore() {
    source.awayNanos = Duration.ofSeconds(5).toNanos();
    run(1000);
    source.awayNanos = 0;
    run(3900);
    assertThat(source.asked).isEmpty();
    run(200);
    assertThat(source.asked).isNotEmpty();
  }

  @Test
  void tellsTheSameResultUntilItIsTaken() {
    source.offers.add(actions("", "a"));
    source.verdicts.add(new Verdict.Later(reply(1), false, false));
    source.verdicts.add(new Verdict.Later(reply(2), true, false));
    source.verdicts.add(new Verdict.Held(reply(3)));
    source.verdicts.add(new Verdict.NotSent(reply(0)));
    run(6000);
    assertThat(toldIds()).hasSize(5).containsOnly("a");
    assertThat(source.told).extracting(ResultBatch::body).containsOnly(source.told.get(0).body());
    assertThat(service.isDrained()).isTrue();
    assertThat(applied).containsExactly("a");
  }

  @Test
  void tellsWhatIsRefusedAloneOnceAndEndsIt() {
    source.offers.add(actions(",\"max_results\":10", "a", "b"));
    source.verdicts.add(new Verdict.TooLarge(reply(4)));
    source.verdicts.add(Verdict.Refused.unnamed(reply(5)));
    run(1000);
    assertThat(source.told).extracting(ResultBatch::size).containsExactly(2, 1, 1);
    assertThat(toldIds().subList(1, 3)).containsExactlyInAnyOrder("a", "b");
    assertThat(service.isDrained()).isTrue();
  }
}
