package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** What becomes of actions when the server closes. */
final class ActionsAtCloseTest extends RigTest {
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
  void leavesWhatArrivesWhileClosingForTheNextStart() {
    open();
    rig.service.tick();
    FakeTransport.Sent poll = rig.nextPoll();
    rig.service.beginClosing();
    poll.answer(
        Answer.Kind.OK,
        200,
        ("{\"actions\":[" + Rig.broadcast("a") + "]}").getBytes(StandardCharsets.UTF_8));
    rig.service.runOnce();
    rig.close();

    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
  }
}
