package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.ResultBatch;
import org.aibridge.core.service.Verdict;
import org.aibridge.core.store.SegmentScan;
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
  private final Permits permits = new Permits();
  private Limits limits;
  private ActionService service;

  /** Answers at once, as it was told to; with no actions, and delivered, when told nothing. */
  private static final class Scripted implements ActionSource {
    /** What was asked, as {@code most/holdMs}. */
    final List<String> asked = new ArrayList<>();

    /** The position of each asking. */
    final List<String> positions = new ArrayList<>();

    final List<ResultBatch> told = new ArrayList<>();
    final Deque<Offered> offers = new ArrayDeque<>();
    final Deque<Verdict> verdicts = new ArrayDeque<>();
    long awayNanos;

    /** Whether what is asked waits for the test, in {@link #waiting}. */
    boolean silent;

    Consumer<Offered> waiting;

    @Override
    public long tryAsk(int most, long holdMs, String position, Consumer<Offered> onOffered) {
      if (awayNanos > 0) {
        return awayNanos;
      }
      asked.add(most + "/" + holdMs);
      positions.add(position);
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
    open();
  }

  private void open() throws IOException {
    service =
        new ActionService(
            new ActionSettings(limits, permits, () -> "a topic", folder, null, 0, false),
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

  /** Actions of a log, each at the position of its number; those of {@code ids} come now. */
  private Offered.Records records(int first, String... ids) {
    List<Offered.Record> all = new ArrayList<>();
    for (String id : ids) {
      byte[] json = Rig.broadcast(id).getBytes(StandardCharsets.UTF_8);
      all.add(new Offered.Record(json, clock.epochMs(), "log:" + (first + all.size() + 1)));
    }
    return new Offered.Records(all, "log:" + (first + ids.length), 0);
  }

  private String lastPosition() {
    return source.positions.get(source.positions.size() - 1);
  }

  @Test
  void goesOnInALogWhereTheLedgerSaysAlsoInTheNextProcess() throws IOException {
    source.offers.add(records(0, "a", "b"));
    run(2500);
    assertThat(applied).containsExactly("a", "b");
    assertThat(source.positions.get(0)).isEmpty();
    assertThat(lastPosition()).isEqualTo("log:2");
    service.close();
    source.positions.clear();
    open();
    run(2500);
    assertThat(source.positions).isNotEmpty().containsOnly("log:2");
  }

  @Test
  void hasThePlaceInALogInTheWriteThatHasTheAction() throws IOException {
    source.offers.add(records(0, "a", "b", "c"));
    service.runOnce();
    service.runOnce();
    assertThat(applied).as("no tick yet").isEmpty();
    Path ledger = folder.resolve("ledger");
    List<String> written = new ArrayList<>();
    try (SegmentScan scan = new SegmentScan(ledger)) {
      scan.open(SegmentScan.segments(ledger).get(0));
      while (scan.next()) {
        JsonNode record = new ObjectMapper().readTree(scan.bytes(), scan.offset(), scan.length());
        written.add(record.path("id").asText() + " " + record.path("position").asText());
      }
    }
    assertThat(written).containsExactly("a log:1", "b log:2", "c log:3");
  }

  @Test
  void notesHowFarALogWasTakenOfWhichNothingIsWritten() throws IOException {
    source.offers.add(records(0, "a"));
    run(2500);
    permits.mode = BridgeConfig.ActionLimits.Mode.OFF;
    source.offers.add(records(1, "x", "a"));
    run(2500);
    assertThat(applied).containsExactly("a");
    assertThat(lastPosition()).isEqualTo("log:3");
    service.close();
    source.positions.clear();
    open();
    run(2500);
    assertThat(source.positions).containsOnly("log:3");
  }

  @Test
  void leavesInALogWhatThereIsNoRoomFor() throws IOException {
    limits.inboxSize = 2;
    service.close();
    open();
    source.offers.add(records(0, "a", "b", "c", "d"));
    service.runOnce();
    service.runOnce();
    assertThat(source.asked.get(source.asked.size() - 1)).startsWith("2/");
    source.offers.add(records(2, "c", "d"));
    run(2500);
    assertThat(source.positions).contains("", "log:2", "log:4").doesNotContain("log:3");
    assertThat(applied).containsExactly("a", "b", "c", "d");
  }

  @Test
  void refusesWhatHasLainInALogForTooLong() {
    long eightDays = Duration.ofDays(8).toMillis();
    for (long ttl : new long[] {60_000, 0}) {
      byte[] old = Rig.broadcast("old" + ttl).getBytes(StandardCharsets.UTF_8);
      limits.actionTtl = Duration.ofMillis(ttl);
      String at = "log:" + ttl;
      source.offers.add(
          new Offered.Records(
              List.of(new Offered.Record(old, clock.epochMs() - eightDays, at)), at, 0));
      run(2500);
      assertThat(lastPosition()).isEqualTo(at);
    }
    assertThat(applied).isEmpty();
    assertThat(source.told)
        .extracting(told -> new String(told.body(), StandardCharsets.UTF_8))
        .satisfiesExactly(
            told -> assertThat(told).contains("old60000", "older than action_ttl (60000 ms)"),
            told -> assertThat(told).contains("old0", "older than action_memory_hours (72 h)"));
  }

  /** Kafka's brokers take a record's time up to an hour ahead of theirs. */
  @Test
  void stillKnowsWhatALogOffersAgainWhenTheClockOfItsWriterWasAhead() {
    limits.actionTtl = Duration.ZERO;
    byte[] json = Rig.broadcast("a").getBytes(StandardCharsets.UTF_8);
    long aheadMs = clock.epochMs() + Duration.ofMinutes(50).toMillis();
    Offered offer =
        new Offered.Records(List.of(new Offered.Record(json, aheadMs, "log:1")), "log:1", 0);
    source.offers.add(offer);
    run(2500);
    clock.advance(limits.memory.plusMinutes(40));
    run(2500);
    source.offers.add(offer);
    run(2500);
    assertThat(applied).containsExactly("a");
  }

  @Test
  void appliesAgainNothingThatALogOffersFromItsBeginning() {
    source.offers.add(records(0, "a", "b"));
    run(2500);
    source.offers.add(records(0, "a", "b", "c"));
    run(2500);
    assertThat(applied).containsExactly("a", "b", "c");
    assertThat(lastPosition()).isEqualTo("log:3");
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
