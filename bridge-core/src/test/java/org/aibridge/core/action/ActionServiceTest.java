package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.text.Shown;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ActionServiceTest {
  @TempDir Path folder;
  private Rig rig;

  private Rig open() {
    rig = rig == null ? new Rig(folder.resolve("ledger")) : new Rig(rig.limits, rig.clock);
    return rig;
  }

  /** As after kill -9: what is on disk stays, nothing is settled. */
  private Rig crashAndOpen() throws Exception {
    Rig old = rig;
    var ledger = ActionService.class.getDeclaredField("ledger");
    ledger.setAccessible(true);
    ((ActionLedger) ledger.get(old.service)).close();
    rig = new Rig(old.limits, old.clock);
    return rig;
  }

  @AfterEach
  void close() {
    if (rig != null) {
      rig.close();
    }
  }

  // ---- polls

  /** Opens the service on a disk that can be full. */
  private Disk openOn(ManualClock clock) throws Exception {
    Limits limits = new Limits(folder.resolve("ledger"));
    Disk disk = new Disk(folder.resolve("ledger"), clock);
    rig =
        new Rig(
            limits,
            clock,
            ActionLedger.open(
                new LedgerLog(LedgerNote.none(), disk.log, disk, LogSync.NONE, clock),
                limits.memory,
                clock,
                ActionLedger::doubt,
                1_000_000));
    return disk;
  }

  @Test
  void asksForNothingBeforeTheFirstTick() {
    open();
    for (int i = 0; i < 10; i++) {
      rig.service.runOnce();
      rig.clock.advance(Duration.ofMinutes(1));
    }
    assertThat(rig.transport.asked).isZero();
    rig.service.tick();
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
  }

  @Test
  void isLookedForAfterTheFirstTickAndWhenAnActionHasEnded() {
    open();
    rig.service.runOnce();
    assertThat(rig.service.hasWaiting()).isFalse();
    rig.service.tick();
    assertThat(rig.service.hasWaiting()).as("polls may begin").isTrue();
    rig.offer(Rig.broadcast("a"));
    rig.service.runOnce();
    assertThat(rig.service.hasWaiting()).isFalse();
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.service.hasWaiting()).as("its end").isTrue();
    rig.service.runOnce();
    assertThat(rig.service.hasWaiting()).isFalse();
  }

  @Test
  void restsUntilTheNextPollAndIsWatchfulWhileAnActionIsUnderWay() {
    open();
    rig.service.runOnce();
    assertThat(rig.service.mayRestNanos()).as("before the first tick").isEqualTo(1_000_000_000);
    FakeTransport.Sent poll = firstPoll();
    assertThat(rig.service.mayRestNanos()).as("a poll's answer wakes").isPositive();
    poll.ok("{\"actions\":[]}");
    rig.service.runOnce();
    long pause = rig.service.mayRestNanos();
    assertThat(pause).isPositive();
    rig.clock.advance(Duration.ofNanos(pause - 1));
    int polls = rig.transport.polls().size();
    rig.service.runOnce();
    assertThat(rig.service.mayRestNanos()).isEqualTo(1);
    rig.clock.advance(Duration.ofNanos(1));
    rig.offer(Rig.broadcast("a"));
    assertThat(rig.transport.polls()).hasSizeGreaterThan(polls);
    rig.service.runOnce();
    assertThat(rig.service.mayRestNanos()).isEqualTo(Duty.WATCHFUL_NANOS);
  }

  @Test
  void asksForNothingWhenSwitchedOff() {
    open().limits.enabled = false;
    rig.service.tick();
    rig.service.runOnce();
    assertThat(rig.transport.asked).isZero();
  }

  @Test
  void asksOncePerIntervalAndNeverTwiceAtATime() {
    open();
    FakeTransport.Sent poll = firstPoll();
    rig.clock.advance(Duration.ofHours(1));
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
    poll.ok("{\"actions\":[]}");
    rig.service.runOnce();
    rig.clock.advanceMs(999);
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
    rig.clock.advanceMs(1);
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(2);
    assertThat(rig.service.stats().lastPollMs()).isPositive();
  }

  private FakeTransport.Sent firstPoll() {
    rig.service.tick();
    rig.service.runOnce();
    return rig.transport.next();
  }

  @Test
  void asksForNoMoreThanThereIsRoomFor() {
    open().limits.inboxSize = 10;
    rig.limits.actionTtl = Duration.ZERO;
    rig.close();
    rig = new Rig(rig.limits, rig.clock);
    rig.limits.pollLimit = 7;
    assertThat(rig.nextPollAfterTick()).endsWith("/api/v1/actions/pending?limit=7");
    rig.limits.tickBudget = Duration.ZERO;
    rig.transport.next().ok(actions(0, 6));
    rig.service.runOnce();
    assertThat(rig.nextPollAfterTick()).endsWith("?limit=4");
    rig.transport.next().ok(actions(6, 20));
    rig.service.runOnce();
    assertThat(rig.service.pending()).isEqualTo(10);
    rig.clock.advance(Duration.ofMinutes(1));
    rig.service.runOnce();
    rig.service.tick();
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(2);
    rig.limits.tickBudget = Duration.ofMillis(1);
    assertThat(rig.nextPollAfterTick()).endsWith("?limit=7");
    assertThat(rig.applied).hasSize(10);
  }

  private static String actions(int from, int to) {
    return "{\"actions\":["
        + String.join(",", IntStream.range(from, to).mapToObj(i -> Rig.broadcast("a" + i)).toList())
        + "]}";
  }

  @Test
  void backsOffWhileThePollFails() {
    open();
    firstPoll().answer(Answer.Kind.FAILED, 500);
    List<Long> gaps = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long before = rig.clock.nanos();
      rig.service.runOnce();
      rig.nextPoll().answer(Answer.Kind.NO_ANSWER, 0);
      gaps.add((rig.clock.nanos() - before) / 1_000_000);
    }
    assertThat(gaps).containsExactly(1000L, 2000L, 4000L, 8000L, 1000L);
    rig.service.runOnce();
    rig.nextPoll().ok("{\"actions\":[]}");
    rig.service.runOnce();
    long before = rig.clock.nanos();
    rig.nextPoll();
    assertThat((rig.clock.nanos() - before) / 1_000_000).isEqualTo(1000);
  }

  @Test
  void takesAnEmptyAnswerForNoActions() {
    open();
    firstPoll().answer(Answer.Kind.OK, 204);
    for (int i = 0; i < 5; i++) {
      long before = rig.clock.nanos();
      rig.service.runOnce();
      rig.nextPoll().ok(i % 2 == 0 ? "" : " \n");
      assertThat((rig.clock.nanos() - before) / 1_000_000).as("no back-off").isLessThan(2001);
    }
    rig.service.runOnce();
    assertThat(rig.service.stats().lastPollMs()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405, 501})
  void asksRarelyWhereTheServiceHasNoActions(int status) {
    open();
    firstPoll().answer(Answer.Kind.REFUSED, status);
    assertThat(secondsToTheNextPoll()).isEqualTo(1);
    rig.transport.next().answer(Answer.Kind.REFUSED, status);
    assertThat(secondsToTheNextPoll()).isEqualTo(2);
    for (int i = 0; i < 5; i++) {
      rig.transport.next().answer(Answer.Kind.REFUSED, status);
      assertThat(secondsToTheNextPoll()).as("believed after the third").isEqualTo(60);
    }
    rig.transport.next().answer(Answer.Kind.REFUSED, status);
    rig.service.runOnce();
    rig.service.retryNow();
    assertThat(secondsToTheNextPoll()).as("who will not wait").isZero();
    rig.transport.next().ok("{\"actions\":[]}");
    assertThat(secondsToTheNextPoll()).isEqualTo(1);
    rig.transport.next().answer(Answer.Kind.REFUSED, status);
    assertThat(secondsToTheNextPoll()).as("begins anew").isEqualTo(1);
  }

  private long secondsToTheNextPoll() {
    int before = rig.transport.polls().size();
    rig.service.runOnce();
    for (int seconds = 0; seconds < 100; seconds++) {
      if (rig.transport.polls().size() > before) {
        return seconds;
      }
      rig.clock.advance(Duration.ofSeconds(1));
      rig.service.runOnce();
    }
    return -1;
  }

  @Test
  void backsOffWhileTheAnswerCannotBeRead() {
    open();
    firstPoll().ok("<html>");
    for (long expected : new long[] {1000, 2000, 4000}) {
      long before = rig.clock.nanos();
      rig.service.runOnce();
      rig.nextPoll().ok("{\"actions\":{}}");
      assertThat((rig.clock.nanos() - before) / 1_000_000).isEqualTo(expected);
    }
  }

  @Test
  void waitsAsLongAsTheTransportSays() {
    open().transport.waitNanos = Duration.ofSeconds(60).toNanos();
    rig.service.tick();
    rig.service.runOnce();
    int asked = rig.transport.asked;
    rig.transport.waitNanos = 0;
    rig.clock.advance(Duration.ofSeconds(59));
    rig.service.runOnce();
    assertThat(rig.transport.asked).isEqualTo(asked);
    rig.clock.advance(Duration.ofSeconds(1));
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
  }

  @Test
  void asksForNothingWhileClosing() {
    open();
    rig.service.tick();
    rig.service.beginClosing();
    rig.service.runOnce();
    assertThat(rig.transport.asked).isZero();
  }

  // ---- at most once

  @Test
  void appliesAnActionOnceHoweverOftenItIsOffered() {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("a"));
    rig.offer(Rig.broadcast("a")); // waits
    rig.service.tick();
    rig.offer(Rig.broadcast("a")); // ended, not reported
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    rig.offer(Rig.broadcast("a")); // reported
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    assertThat(rig.service.stats().duplicates()).isEqualTo(4);
    assertThat(rig.service.stats().applied()).isEqualTo(1);
  }

  @Test
  void appliesAnActionOnceThatIsOfferedWhileItRuns() {
    open();
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    List<String> begun = new ArrayList<>();
    rig.service.onCustomAction(
        "custom",
        action -> {
          begun.add(action.header().id());
          return ActionReply.later(stage);
        });
    rig.offer(Rig.custom("a"));
    rig.service.tick();
    rig.offer(Rig.custom("a"));
    rig.service.tick();
    stage.complete(new ActionReply.Outcome(true, "walked"));
    rig.service.tick();
    rig.offer(Rig.custom("a"));
    assertThat(begun).containsExactly("a");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed walked");
  }

  @Test
  void appliesAnActionOnceThroughRestarts() throws Exception {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    rig.service.runOnce();
    List<String> before = rig.applied;
    crashAndOpen();
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder("a completed said", "b completed said");
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    crashAndOpen();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    assertThat(before).containsExactly("a", "b");
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void appliesEachActionOnceThoughItIsOfferedForFiveDaysThroughRestarts() throws Exception {
    open();
    List<String> applied = new ArrayList<>();
    String all = actions(0, 30);
    for (int hour = 0; hour < 120; hour++) {
      rig.answerPoll(all);
      for (int i = 0; i < 6; i++) {
        rig.service.tick();
        rig.service.runOnce();
      }
      assertThat(rig.acknowledgeResults()).hasSize(30).allMatch(r -> r.endsWith("completed said"));
      if (hour % 13 == 0) {
        applied.addAll(rig.applied);
        crashAndOpen();
      }
      rig.clock.advance(Duration.ofHours(1));
    }
    applied.addAll(rig.applied);
    assertThat(applied).hasSize(30).doesNotHaveDuplicates();
  }

  @Test
  void doubtsWhatACrashInterruptedAndNeverRunsIt() throws Exception {
    open();
    rig.offer(Rig.broadcast("unbegun"), Rig.broadcast("unbegun2"));
    crashAndOpen();
    assertThat(rig.service.stats().inDoubt()).isEqualTo(2);
    rig.offer(Rig.broadcast("unbegun"));
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    assertThat(rig.acknowledgeResults())
        .containsExactly(
            "unbegun failed interrupted; outcome unknown",
            "unbegun2 failed interrupted; outcome unknown");
  }

  @Test
  void failsAtACleanCloseWhatWasNotBegun() {
    open();
    rig.limits.maxConcurrent = 1;
    rig.service.onCustomAction("custom", a -> ActionReply.later(new CompletableFuture<>()));
    rig.offer(Rig.custom("begun"), Rig.broadcast("unbegun"));
    rig.service.tick();
    rig.close();
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    open();
    assertThat(rig.service.stats().inDoubt()).isEqualTo(1);
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder(
            "begun failed interrupted; outcome unknown",
            "unbegun failed the server closed before it was applied");
    rig.offer(Rig.broadcast("unbegun"));
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void waitsAtACloseForAHandlerThatRunsOnAnotherThread() throws Exception {
    open();
    Thread game = runAHandlerFor(Duration.ofMillis(60));
    rig.close();
    game.join();
    open();
    assertThat(rig.service.stats().inDoubt()).isZero();
    assertThat(rig.acknowledgeResults()).containsExactly("a completed late");
  }

  @Test
  void waitsAtACloseNoLongerThanAFifthOfASecond() throws Exception {
    open();
    Thread game = runAHandlerFor(Duration.ofSeconds(60));
    Thread time = new Thread(this::passTheTime, "time");
    time.start();
    rig.close();
    time.interrupt();
    time.join();
    assertThat(game.isAlive()).isTrue();
    game.interrupt();
    game.join();
    open();
    assertThat(rig.service.stats().inDoubt()).isEqualTo(1);
  }

  private void passTheTime() {
    while (!Thread.currentThread().isInterrupted()) {
      rig.clock.advanceMs(10);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Returns when a handler has begun on a thread of its own. */
  private Thread runAHandlerFor(Duration time) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    rig.service.onCustomAction(
        "custom",
        action -> {
          begun.countDown();
          Thread.sleep(time.toMillis());
          return ActionReply.done("late");
        });
    rig.offer(Rig.custom("a"));
    Thread game = new Thread(rig.service::tick, "game");
    game.start();
    begun.await();
    return game;
  }

  @Test
  void writesAtACloseWhatAStageHasComeToThoughNoTickHasSeenIt() {
    open();
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    rig.service.onCustomAction("custom", action -> ActionReply.later(stage));
    rig.offer(Rig.custom("a"));
    rig.service.tick();
    stage.complete(new ActionReply.Outcome(true, "walked"));
    rig.close();
    open();
    assertThat(rig.acknowledgeResults()).containsExactly("a completed walked");
  }

  @Test
  void writesAtACloseWhatEndedJustBefore() {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.close();
    rig.close();
    open();
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
  }

  @Test
  void hasTheIntentOnDiskBeforeTheGameThreadSeesTheAction() throws Exception {
    open();
    List<Boolean> known = new ArrayList<>();
    rig.service.onCustomAction(
        "custom",
        action -> {
          known.add(ledgerOnDiskHas(action.header().id()));
          return ActionReply.done();
        });
    rig.offer(Rig.custom("a"), Rig.custom("b"));
    rig.service.tick();
    assertThat(known).containsExactly(true, true);
  }

  /** Looks at the bytes of the ledger's files as another process would. */
  private boolean ledgerOnDiskHas(String id) throws Exception {
    try (var files = java.nio.file.Files.list(folder.resolve("ledger"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cq4")).toList()) {
        String text =
            new String(java.nio.file.Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (text.contains("{\"kind\":\"intent\",\"id\":\"" + id + "\"")) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void appliesTheFirstContentOfAnIdAndNoOther() {
    open();
    rig.offer(
        Rig.broadcast("a"),
        "{\"action_id\":\"a\",\"action_type\":\"custom\",\"payload\":{\"gold\":1}}");
    rig.offer(Rig.custom("a"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    String mismatch = "a completed " + ResultReporter.MISMATCH + "said";
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said", mismatch);
    rig.offer(Rig.custom("a"));
    assertThat(rig.acknowledgeResults()).as("long after").containsExactly(mismatch);
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.service.stats().mismatches()).isEqualTo(3);
  }

  @Test
  void knowsTheSameContentInAnotherOrder() throws Exception {
    ActionDecoder decoder = new ActionDecoder();
    int one = content(decoder, "{\"a\":1,\"b\":{\"x\":\"é\",\"y\":[1,2]}}");
    assertThat(content(decoder, "{ \"b\" : {\"y\":[1, 2],\n\"x\":\"\\u00e9\"}, \"a\": 1}"))
        .isEqualTo(one);
    assertThat(content(decoder, "{\"a\":1,\"b\":{\"x\":\"é\",\"y\":[2,1]}}")).isNotEqualTo(one);
    assertThat(content(decoder, "{\"a\":\"\\ud800\"}")).isNotEqualTo(one);
  }

  private static int content(ActionDecoder decoder, String json) throws InvalidAction {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return ActionFingerprint.ofContent(decoder.parse(bytes, 0, bytes.length));
  }

  @Test
  void leavesWhatArrivesWhileClosingForTheNextStart() {
    open();
    rig.service.tick();
    FakeTransport.Sent poll = rig.nextPoll();
    rig.service.beginClosing();
    poll.answer(
        org.aibridge.core.http.Answer.Kind.OK,
        200,
        ("{\"actions\":[" + Rig.broadcast("a") + "]}")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    rig.service.runOnce();
    rig.close();

    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
  }

  @Test
  void remembersThroughItsHorizonAndForgetsThen() {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.acknowledgeResults();
    rig.clock.advance(rig.limits.memory);
    rig.service.runOnce();
    assertThat(rig.applied).containsExactly("a");
    rig.clock.advance(Duration.ofHours(1));
    rig.service.runOnce();
    rig.transport.next();
    crashless();
    rig.clock.advance(rig.limits.memory.plusHours(1));
    rig.service.runOnce();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
  }

  /** Another start, which has forgotten what is older than the memory. */
  private void crashless() {
    rig.close();
    open();
    assertThat(rig.applied).isEmpty();
  }

  // ---- refusals

  @Test
  void reportsARefusalWithItsReason() {
    open();
    rig.offer(
        "{\"action_id\":\"a\",\"action_type\":\"broadcast\",\"payload\":{}}",
        Rig.broadcast("b"),
        "{\"action_id\":\"c\",\"action_type\":\"weather\"}",
        "{\"action_type\":\"broadcast\"}",
        "7",
        "\"text\"");
    rig.service.tick();
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder(
            "a failed message is missing, a text of 1 to 255 characters",
            "b completed said",
            "c failed unknown action type");
    assertThat(rig.service.stats().refused()).isEqualTo(5);
  }

  @Test
  void survivesTextsThatCannotBeWrittenAsTheyAre() {
    open();
    String half = "\ud83d";
    rig.service.onCustomAction(
        "custom", action -> ActionReply.failed("x".repeat(499) + "🐉" + half + "\n" + half));
    String cutsAPair = "🐉".repeat(31);
    rig.offer(
        Rig.custom("a"),
        "{\"action_id\":\"b\",\"action_type\":\"\\ud800\"}",
        "{\"action_id\":\"c\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"m\",\"type\":\"x"
            + cutsAPair
            + "\"}}",
        "{\"action_id\":\"\\ud800\",\"action_type\":\"broadcast\"}",
        "{\"action_id\":\"d\",\"action_type\":\"spawn_monster\",\"payload\":{\"map\":\"m\",\"monster_id\":\"xy"
            + cutsAPair
            + "\"}}",
        Rig.broadcast("e"));
    rig.service.tick();
    List<String> results = rig.acknowledgeResults();
    assertThat(results)
        .hasSize(5)
        .contains("a failed " + "x".repeat(497) + "...", "e completed said");
    assertThat(results).allMatch(Shown::isClean);
  }

  // ---- results

  @Test
  void sendsAResultUntilItIsAcknowledgedWithTheSameBody() throws Exception {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    FakeTransport.Sent first = rig.openReports().get(0);
    assertThat(first.request().url()).isEqualTo("/api/v1/actions/complete");
    assertThat(first.request().idempotencyKey()).isEqualTo("a");
    assertThat(first.json().path("timestamp").asLong()).isEqualTo(rig.clock.epochMs());
    first.answer(Answer.Kind.NO_ANSWER, 0);
    assertThat(rig.openReports()).isEmpty();
    rig.clock.advanceMs(1000);
    FakeTransport.Sent second = rig.openReports().get(0);
    assertThat(second.request().body()).isEqualTo(first.request().body());
    second.answer(Answer.Kind.FAILED, 503);
    assertThat(rig.openReports()).isEmpty();
    rig.clock.advanceMs(1999);
    assertThat(rig.openReports()).isEmpty();
    rig.clock.advanceMs(1);
    assertThat(rig.openReports()).hasSize(1);
    assertThat(rig.service.isDrained()).isFalse();
    crashAndOpen();
    assertThat(rig.service.isDrained()).isFalse();
    FakeTransport.Sent third = rig.openReports().get(0);
    assertThat(third.request().body()).isEqualTo(first.request().body());
    third.answer(Answer.Kind.OK, 200);
    rig.service.runOnce();
    assertThat(rig.service.isDrained()).isTrue();
    crashAndOpen();
    assertThat(rig.openReports()).isEmpty();
  }

  @Test
  void takesARefusalOfAResultAsFinal() throws Exception {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"), Rig.broadcast("c"));
    rig.service.tick();
    List<FakeTransport.Sent> reports = rig.openReports();
    reports.get(0).answer(Answer.Kind.REFUSED, 404);
    reports.get(1).answer(Answer.Kind.REFUSED, 422);
    reports.get(2).answer(Answer.Kind.TOO_LARGE, 413);
    rig.service.runOnce();
    rig.clock.advance(Duration.ofHours(1));
    assertThat(rig.openReports()).isEmpty();
    crashAndOpen();
    assertThat(rig.openReports()).isEmpty();
    assertThat(rig.service.isDrained()).isTrue();
  }

  @Test
  void holdsResultsWhileCredentialsAreRefused() {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    List<FakeTransport.Sent> reports = rig.openReports();
    rig.transport.waitNanos = Duration.ofSeconds(60).toNanos();
    reports.get(0).answer(Answer.Kind.UNAUTHORIZED, 401);
    reports.get(1).answer(Answer.Kind.COME_BACK, 503);
    rig.service.runOnce();
    rig.clock.advance(Duration.ofSeconds(1));
    rig.service.runOnce();
    rig.transport.waitNanos = 0;
    int asked = rig.transport.asked;
    for (int i = 0; i < 59; i++) {
      rig.service.runOnce();
      rig.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(rig.transport.asked).isEqualTo(asked);
    rig.clock.advance(Duration.ofSeconds(1));
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder("a completed said", "b completed said");
  }

  @Test
  void doesNotSpinOnResultsThatAreGivenUp() {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.openReports().get(0).answer(Answer.Kind.CANCELLED, 0);
    int asked = rig.transport.asked;
    for (int i = 0; i < 100; i++) {
      rig.service.runOnce();
    }
    assertThat(rig.transport.asked).isEqualTo(asked);
  }

  @Test
  void sendsAFewResultsAtATime() {
    open();
    rig.answerPoll(actions(0, 100));
    for (int i = 0; i < 100; i++) {
      rig.service.tick();
    }
    rig.service.runOnce();
    rig.service.runOnce();
    assertThat(rig.transport.reports()).hasSize(4);
    assertThat(rig.acknowledgeResults()).hasSize(100);
    assertThat(rig.service.stats().unreported()).isZero();
  }

  /** Polls with an answer that says the service takes {@code max} results at once. */
  private void applyWithBatches(int max, int from, int to) {
    rig.answerPoll(
        actions(from, to).replace("{\"actions\"", "{\"max_results\":" + max + ",\"actions\""));
    for (int i = from; i < to; i++) {
      rig.service.tick();
    }
    rig.service.runOnce();
  }

  @Test
  void sendsResultsTogetherWhereTheServiceSaysItTakesThem() {
    open();
    applyWithBatches(10, 0, 25);
    List<FakeTransport.Sent> reports = rig.transport.reports();
    assertThat(reports).extracting(r -> r.json().size()).containsExactly(10, 10, 5);
    assertThat(reports.get(0).json().path(0).path("action_id").asText()).isEqualTo("a0");
    reports.forEach(report -> report.answer(Answer.Kind.OK, 200));
    rig.service.runOnce();
    assertThat(rig.service.isDrained()).isTrue();
  }

  @Test
  void sendsResultsOneByOneAfterABatchWasRefused() {
    open();
    applyWithBatches(10, 0, 6);
    rig.openReports().get(0).answer(Answer.Kind.REFUSED, 404);
    rig.service.runOnce();
    assertThat(rig.service.isDrained()).as("a 404 for a batch ends nothing").isFalse();
    assertThat(rig.acknowledgeResults()).hasSize(6).allMatch(r -> r.endsWith(" completed said"));
    applyWithBatches(10, 6, 9);
    assertThat(rig.transport.reports())
        .last()
        .satisfies(r -> assertThat(r.json().isArray()).isFalse());
    rig.acknowledgeResults();
    rig.clock.advanceMs(10_000);
    applyWithBatches(10, 9, 12);
    assertThat(rig.transport.reports())
        .last()
        .satisfies(r -> assertThat(r.json()).as("together again").hasSize(3));
  }

  @Test
  void keepsABatchThatWasNotAnswered() {
    open();
    applyWithBatches(10, 0, 3);
    rig.openReports().get(0).answer(Answer.Kind.NO_ANSWER, 0);
    rig.service.runOnce();
    assertThat(rig.service.stats().unreported()).isEqualTo(3);
    rig.clock.advanceMs(1000);
    rig.service.runOnce();
    assertThat(rig.transport.reports())
        .hasSize(2)
        .last()
        .satisfies(r -> assertThat(r.json()).hasSize(3));
  }

  @Test
  void sendsTheResultsOfAllIdsWithAKeyAHeaderCanCarry() {
    open();
    List<String> ids =
        List.of("plain:1", "é", "%C3%A9", "a b", "a+b", "龍".repeat(60), "龍".repeat(61));
    rig.offer(ids.stream().map(Rig::broadcast).toArray(String[]::new));
    for (int i = 0; i < 10; i++) {
      rig.service.tick();
    }
    assertThat(rig.acknowledgeResults()).hasSize(ids.size());
    List<String> keys =
        rig.transport.reports().stream().map(report -> report.request().idempotencyKey()).toList();
    assertThat(keys).doesNotHaveDuplicates().contains("plain:1", "%C3%A9", "%25C3%25A9");
    assertThat(keys).allMatch(key -> key.matches("[!-~]{1,255}"));
    assertThat(rig.service.stats().unreported()).isZero();
  }

  @Test
  void goesOnReportingAndAskingAfterTheTransportHasThrown() {
    open();
    rig.answerPoll(actions(0, 9));
    for (int i = 0; i < 9; i++) {
      rig.service.tick();
    }
    rig.transport.thrown = new IllegalArgumentException("Unexpected char 0xe9");
    for (int i = 0; i < 20; i++) {
      runOnceAndIgnore();
      rig.clock.advanceMs(1000);
    }
    int asked = rig.transport.asked;
    runOnceAndIgnore();
    int perSecond = rig.transport.asked - asked;
    runOnceAndIgnore();
    assertThat(rig.transport.asked - asked).as("asks once a second").isEqualTo(perSecond);
    rig.transport.thrown = null;
    rig.clock.advanceMs(1000);
    assertThat(rig.acknowledgeResults()).hasSize(9);
    assertThat(rig.service.isDrained()).isTrue();
    assertThat(rig.transport.polls()).hasSize(2);
  }

  /** As the worker does. */
  private void runOnceAndIgnore() {
    try {
      rig.service.runOnce();
    } catch (IllegalArgumentException e) {
      assertThat(e).isSameAs(rig.transport.thrown);
    }
  }

  // ---- synced intents

  @Test
  void syncsTheIntentsOfAPollOnceBeforeTheGameSeesAnAction() throws Exception {
    int[] syncs = new int[1];
    openSynced(
        () -> {
          if (syncs[0]++ == 0) { // And not at the close, which syncs as well.
            rig.service.tick();
            assertThat(rig.applied).as("applied before the sync ended").isEmpty();
          }
        });
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"), Rig.broadcast("c"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a", "b", "c");
    assertThat(syncs[0]).isEqualTo(1);
  }

  @Test
  void appliesNothingWhoseIntentTheDiskDidNotTake() throws Exception {
    boolean[] broken = {true};
    openSynced(
        () -> {
          if (broken[0]) {
            throw new java.io.IOException("Input/output error");
          }
        });
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    assertThat(rig.service.pending()).isEqualTo(1);
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).as("offered again").isEmpty();
    broken[0] = false;
    rig.clock.advanceMs(1000);
    rig.service.runOnce();
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
  }

  @Test
  void failsAtACloseWhatTheDiskNeverTook() throws Exception {
    openSynced(
        () -> {
          throw new java.io.IOException("Input/output error");
        });
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.close();
    rig = new Rig(rig.limits, rig.clock);
    assertThat(rig.service.stats().inDoubt()).isZero();
    assertThat(rig.acknowledgeResults().get(0)).startsWith("a failed the server closed");
    assertThat(rig.applied).isEmpty();
  }

  private void openSynced(LogSync sync) throws Exception {
    Limits limits = new Limits(folder.resolve("ledger"));
    ManualClock clock = new ManualClock();
    Disk disk = new Disk(folder.resolve("ledger"), clock);
    rig =
        new Rig(
            limits,
            clock,
            ActionLedger.open(
                new LedgerLog(LedgerNote.none(), disk.log, disk, sync, clock),
                limits.memory,
                clock,
                ActionLedger::doubt,
                1_000_000));
  }

  // ---- a full disk

  @Test
  void takesNoActionItCannotWriteDown() throws Exception {
    Disk disk = openOn(new ManualClock());
    disk.full = true;
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    assertThat(rig.service.pending()).isZero();
    assertThat(disk.refused).isEqualTo(1);
    disk.full = false;
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a", "b");
    assertThat(rig.acknowledgeResults()).hasSize(2);
  }

  @Test
  void countsAgainstTheRatesOnlyWhatTheDiskHasTaken() throws Exception {
    Disk disk = openOn(new ManualClock());
    rig.permits.perMinute(ActionType.BROADCAST, 1);
    disk.full = true;
    for (int i = 0; i < 3; i++) {
      rig.offer(Rig.broadcast("a"));
    }
    assertThat(disk.refused).isEqualTo(3);
    disk.full = false;
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.acknowledgeResults())
        .contains("b failed more than broadcast.per_minute, which is 1");
  }

  @Test
  void keepsOutcomesInMemoryUntilTheyCanBeWritten() throws Exception {
    ManualClock clock = new ManualClock();
    Disk disk = openOn(clock);
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    disk.full = true;
    rig.service.tick();
    for (int i = 0; i < 50; i++) {
      rig.service.runOnce();
    }
    assertThat(disk.refused).as("looks once a second").isEqualTo(1);
    assertThat(rig.transport.reports()).as("nothing is told before it is written").isEmpty();
    assertThat(rig.service.pending()).isEqualTo(2);
    disk.full = false;
    clock.advanceMs(1000);
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said", "b completed said");
    assertThat(rig.service.stats().applied()).isEqualTo(2);
  }

  @Test
  void writesOutcomesAtACloseThoughTheDiskWasFullJustBefore() throws Exception {
    Disk disk = openOn(new ManualClock());
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    disk.full = true;
    rig.service.runOnce();
    disk.full = false;
    rig.close();
    open();
    assertThat(rig.service.stats().inDoubt()).isZero();
    assertThat(rig.acknowledgeResults()).hasSize(2);
  }

  @Test
  void doubtsAtTheNextStartWhatAFullDiskKeptItFromWriting() throws Exception {
    Disk disk = openOn(new ManualClock());
    rig.offer(Rig.broadcast("a"));
    disk.full = true;
    rig.close();
    open();
    assertThat(rig.acknowledgeResults()).containsExactly("a failed interrupted; outcome unknown");
  }

  @Test
  void tellsWhatItSettledOnlyOnceTheDiskHasTakenIt() throws Exception {
    open().offer(Rig.broadcast("a"));
    ManualClock clock = rig.clock;
    var ledger = ActionService.class.getDeclaredField("ledger");
    ledger.setAccessible(true);
    ((ActionLedger) ledger.get(rig.service)).close();
    Disk disk = new Disk(folder.resolve("ledger"), clock);
    disk.full = true;
    rig =
        new Rig(
            rig.limits,
            clock,
            ActionLedger.open(
                new LedgerLog(LedgerNote.none(), disk.log, disk, LogSync.NONE, clock),
                rig.limits.memory,
                clock,
                ActionLedger::doubt,
                1_000_000));
    rig.offer(Rig.broadcast("a"));
    clock.advanceMs(1000);
    assertThat(rig.openReports()).isEmpty();
    disk.full = false;
    clock.advanceMs(1000);
    assertThat(rig.acknowledgeResults()).containsExactly("a failed interrupted; outcome unknown");
  }
}
