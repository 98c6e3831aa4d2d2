package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;

class TimedBridgeTest {
  private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  @Test
  void countsTheTimeOfAPublishOnce() {
    TimedBridge timed =
        new TimedBridge(
            new FakeBridge(
                event -> {
                  work();
                  return true;
                }));

    long start = System.nanoTime();
    assertThat(timed.publish(GameEvent.dailyReset())).isTrue();
    long all = System.nanoTime() - start;

    assertThat(timed.takeNanos()).isBetween(WORK_NANOS, all);
    assertThat(timed.takeNanos()).isZero();
  }

  @Test
  void leavesOutTheTimeOfTheWorldsOwnCallbacks() {
    FakeBridge bridge = new FakeBridge();
    TimedBridge timed = new TimedBridge(bridge);
    long start = System.nanoTime();
    timed.scriptHttp().get("Kafra", "/x", answer -> work());
    timed.tick();
    long all = System.nanoTime() - start;

    assertThat(all).isGreaterThanOrEqualTo(WORK_NANOS);
    assertThat(timed.takeNanos()).isBetween(0L, all - WORK_NANOS);
  }

  @Test
  void takesOutTheTimeOfAHandler() throws Exception {
    FakeBridge bridge = new FakeBridge();
    TimedBridge timed = new TimedBridge(bridge);
    timed.onAction(
        SetMapFlag.class,
        action -> {
          work();
          return ActionReply.done();
        });

    bridge.apply(new SetMapFlag(bridge.header("set_map_flag"), "payon", "danger", 1));

    assertThat(timed.takeNanos()).isLessThanOrEqualTo(-WORK_NANOS);
  }

  private static void work() {
    long end = System.nanoTime() + WORK_NANOS;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }
}
