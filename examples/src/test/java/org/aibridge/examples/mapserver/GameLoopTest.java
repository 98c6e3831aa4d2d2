package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class GameLoopTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final FakeTime time = new FakeTime();
  private final List<Long> startsMs = new ArrayList<>();
  private final List<Integer> ticks = new ArrayList<>();

  @Test
  void ticksEveryFiftyMilliseconds() {
    run(4, tick -> time.work(3));

    assertThat(startsMs).containsExactly(0L, 50L, 100L, 150L);
    assertThat(ticks).containsExactly(0, 1, 2, 3);
  }

  @Test
  void catchesUpWithoutPausesAfterALateTick() {
    run(6, tick -> time.work(tick == 1 ? 120 : 3));

    assertThat(startsMs).containsExactly(0L, 50L, 170L, 173L, 200L, 250L);
  }

  @Test
  void leavesOutTheMissedTicksAfterALongStop() {
    GameLoop loop = run(4, tick -> time.work(tick == 1 ? 1_000 : 3));

    assertThat(startsMs).containsExactly(0L, 50L, 1_050L, 1_100L);
    assertThat(ticks).containsExactly(0, 1, 2, 3);
    assertThat(loop.times().report().skipped()).isEqualTo(19);
  }

  @Test
  void worldThatIsAlwaysTooSlowGoesOnWithoutEverCatchingUp() {
    GameLoop loop = run(200, tick -> time.work(100));

    assertThat(ticks).hasSize(200);
    assertThat(loop.times().report().skipped()).isBetween(190L, 200L);
  }

  @Test
  void reportsTheLongestTickWithTheBridgesShareOfIt() {
    GameLoop loop = run(100, tick -> time.work(tick == 40 ? 30 : 2), () -> MS / 2);
    TickTimes.Report report = loop.times().report();

    assertThat(report.count()).isEqualTo(100);
    assertThat(report.longestNanos()).isEqualTo(30 * MS);
    assertThat(report.longestBridgeShareNanos()).isEqualTo(MS / 2);
    assertThat(report.p50Nanos()).isBetween(2 * MS, 2 * MS * 9 / 8);
    assertThat(report.p99Nanos()).isBetween(2 * MS, 2 * MS * 9 / 8);
    assertThat(report.bridgeLongestNanos()).isEqualTo(MS / 2);
  }

  @Test
  void windowForgetsTheLongestTickBeforeIt() {
    GameLoop loop = run(10, tick -> time.work(20));
    assertThat(loop.times().takeWindow()).isEqualTo(new TickTimes.Window(20 * MS, 20 * MS));

    loop.times().record(MS, 0);

    assertThat(loop.times().takeWindow()).isEqualTo(new TickTimes.Window(20 * MS, MS));
  }

  @Test
  void worldThatThrowsEndsTheLoopAndIsNamed() {
    IllegalStateException broken = new IllegalStateException("broken");
    GameLoop loop =
        run(
            10,
            tick -> {
              if (tick == 2) {
                throw broken;
              }
            });

    assertThat(ticks).containsExactly(0, 1, 2);
    assertThat(loop.failure()).isSameAs(broken);
  }

  private GameLoop run(int count, IntConsumer world) {
    return run(count, world, () -> 0);
  }

  private GameLoop run(int count, IntConsumer world, LongSupplier bridgeNanos) {
    GameLoop[] loop = new GameLoop[1];
    IntConsumer recorded =
        tick -> {
          startsMs.add(time.nanoTime() / MS);
          ticks.add(tick);
          if (ticks.size() == count) {
            loop[0].stop();
          }
          world.accept(tick);
        };
    loop[0] = new GameLoop(recorded, bridgeNanos, time);
    loop[0].run();
    return loop[0];
  }

  private static final class FakeTime implements GameLoop.Time {
    private long now;

    void work(long ms) {
      now += ms * MS;
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void sleepUntil(long nanoTime) {
      now = Math.max(now, nanoTime);
    }
  }
}
