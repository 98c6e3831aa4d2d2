package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For each piece of memory outside the heap that there is not, the JDK collects the whole heap. */
class WantOfMemoryTest {
  @TempDir Path folder;

  private final ManualClock clock = new ManualClock();
  private int attempts;
  private boolean starving = true;

  @Test
  void triesOnceASecondWhateverWaits() throws Exception {
    World machine = World.of(clock);
    World world =
        new World(
            clock,
            machine.wallMs(),
            machine.threads(),
            machine.chance(),
            this::starve,
            machine.once());
    try (SegmentLog log =
        SegmentLog.open(
            folder.resolve("log"), new StoreLimits(1 << 20, 0, 0), RecordSpan.NONE, world)) {
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> log.append(new byte[10]))
            .isInstanceOf(StoreFullException.class)
            .hasMessageContaining("no memory: Map failed");
        assertThat(log.problem()).contains("no memory: Map failed");
      }
      assertThat(attempts).isEqualTo(1);

      clock.advanceMs(1000);
      assertThatThrownBy(() -> log.append(new byte[10])).isInstanceOf(StoreFullException.class);
      assertThat(attempts).isEqualTo(2);

      starving = false;
      clock.advanceMs(1000);
      assertThat(log.problem()).isEmpty();
      log.append(new byte[10]);
    }
  }

  private void starve(FailPoint point, String where) {
    if (point == FailPoint.FILE_BEGUN && starving) {
      attempts++;
      throw new OutOfMemoryError("Map failed");
    }
  }
}
