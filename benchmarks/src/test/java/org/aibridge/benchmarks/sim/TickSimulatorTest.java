package org.aibridge.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.benchmarks.sim.TickSimulator.Kind;
import org.aibridge.benchmarks.sim.TickSimulator.Setting;
import org.aibridge.benchmarks.sim.TickSimulator.Ticks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("slow")
@Timeout(60)
class TickSimulatorTest {
  private static final Setting SMALL = new Setting(200, 5, 5_000_000, 10);
  private static final long SLICE_NANOS = 5_000_000_000L;
  private static final long WAITED_NANOS = 700_000_000;

  @Test
  void seesTheGameThreadWaitWithDirectHttpAndNotWithTheBridge() throws Exception {
    try (TickSimulator simulator = new TickSimulator();
        WaitRecorder recorder = new WaitRecorder()) {
      Ticks direct = simulator.slice(SMALL, Kind.DIRECT, State.SLOW, SLICE_NANOS);
      Ticks bridge = simulator.slice(SMALL, Kind.BRIDGE, State.SLOW, SLICE_NANOS);

      assertThat(direct.ours().getMaxValue()).isGreaterThan(WAITED_NANOS);
      assertThat(bridge.ours().getValueAtPercentile(90)).isLessThan(WAITED_NANOS);
      assertThat(bridge.refused()).isZero();
      assertThat(bridge.events()).isPositive();
      assertThat(bridge.sums().getTotalCount()).isEqualTo(bridge.whole().getTotalCount());
      assertThat(bridge.sums().getMinValue()).isPositive();
      WaitRecorder.Waits waits = recorder.stop();
      assertThat(waits.gameOurs()).isEmpty();
      assertThat(waits.gameOther()).containsKeys("ThreadPark", "SocketRead", "SocketWrite");
      assertThat(waits.otherOurs()).containsKey("ThreadPark");
    }
  }
}
