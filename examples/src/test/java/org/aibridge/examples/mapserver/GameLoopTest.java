package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.aibridge.examples.mapserver.TickMeter.Share;
import org.junit.jupiter.api.Test;

class GameLoopTest {
  private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final FakeTime time = new FakeTime();
  private final TickMeter meter = new TickMeter(time::nanoTime);
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
  void reportsWhoseTheTimeOfATickWas() {
    GameLoop loop = run(240, tick -> tick(tick == 100 ? 30 : 3, tick == 80 ? 8 : 2, 1));
    TickTimes.Report report = loop.times().report();

    assertThat(report.count()).isEqualTo(240);
    TickTimes.Picture main = report.main();
    assertThat(main.ticks().longestNanos()).isEqualTo(33 * MS);
    assertThat(main.ticks().p50Nanos()).isBetween(6 * MS, 6 * MS * 9 / 8);
    assertThat(main.ticks().p99Nanos()).isBetween(6 * MS, 11 * MS * 9 / 8);
    assertThat(main.bridge()).isEqualTo(new TickTimes.Stat(longest(2), longest(2), 8 * MS, 8 * MS));
    assertThat(main.scripts().longestNanos()).isEqualTo(MS);
  }

  @Test
  void keepsTheTicksApartInWhichTheJvmWarmsUp() {
    GameLoop loop =
        run(
            TickTimes.WARM_UP_TICKS + 10,
            tick -> tick(1, tick < TickTimes.WARM_UP_TICKS ? 20 : 2, 0));
    TickTimes.Report report = loop.times().report();

    assertThat(report.warmUp().bridge().longestNanos()).isEqualTo(20 * MS);
    assertThat(report.settled().bridge().longestNanos()).isEqualTo(2 * MS);
    assertThat(report.main()).isEqualTo(report.settled());
  }

  @Test
  void runThatIsTooShortIsJudgedByAllOfIt() {
    GameLoop loop = run(TickTimes.WARM_UP_TICKS, tick -> tick(1, 2, 0));

    assertThat(loop.times().report().main().bridge().longestNanos()).isEqualTo(2 * MS);
  }

  @Test
  void tellsHowLongTheThreadHadNoCore() {
    GameLoop loop =
        run(
            TickTimes.WARM_UP_TICKS + 10,
            tick -> {
              tick(1, 2, 0);
              if (tick == TickTimes.WARM_UP_TICKS + 5) {
                time.standStill(40);
              }
            });
    TickTimes.Picture main = loop.times().report().main();

    assertThat(main.ticks().longestNanos()).isEqualTo(43 * MS);
    assertThat(main.ticks().longestRunNanos()).isEqualTo(3 * MS);
    assertThat(main.bridge().longestRunNanos()).isEqualTo(2 * MS);
  }

  private void tick(long worldMs, long bridgeMs, long scriptsMs) {
    time.work(worldMs);
    Share before = meter.enter(Share.SCRIPTS);
    time.work(scriptsMs);
    meter.enter(Share.BRIDGE);
    time.work(bridgeMs);
    meter.enter(before);
  }

  private static long longest(long ms) {
    Histogram one = new Histogram();
    one.record(ms * MS);
    return Histogram.percentile(one.copy(), 1);
  }

  @Test
  void windowForgetsTheLongestTickBeforeIt() {
    GameLoop loop = run(10, tick -> time.work(20));
    assertThat(loop.times().takeWindow()).isEqualTo(new TickTimes.Window(20 * MS, 0));

    meter.begin();
    loop.times().record(MS, meter, MS);

    assertThat(loop.times().takeWindow()).isEqualTo(new TickTimes.Window(MS, 0));
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
    loop[0] = new GameLoop(recorded, meter, time);
    loop[0].run();
    return loop[0];
  }

  private static final class FakeTime implements GameLoop.Time {
    private long now;
    private long stoodStill;

    void work(long ms) {
      now += ms * MS;
    }

    @Override
    public long nanoTime() {
      return now;
    }

    void standStill(long ms) {
      now += ms * MS;
      stoodStill += ms * MS;
    }

    @Override
    public long runNanos() {
      return now - stoodStill;
    }

    @Override
    public void sleepUntil(long nanoTime) {
      now = Math.max(now, nanoTime);
    }
  }
}
