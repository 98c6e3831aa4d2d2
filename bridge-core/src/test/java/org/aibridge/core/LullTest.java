package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first event after a while in which nothing happened, in a whole bridge. */
@Tag("slow")
@Timeout(60)
class LullTest {
  private static final int LULLS = 11;

  /** After so long the journal's thread looks four times a second by itself. */
  private static final int LULL_MS = 500;

  /** Between two of those looks; each lull ends at another moment of it. */
  private static final int REST_MS = 250;

  /** Half of what it would take in the mean if nobody looked for it. */
  private static final long MOST_MS = 60;

  @TempDir Path folder;

  @Test
  void journalsTheFirstEventAfterALullWithinATick(@AiService FakeAiService service)
      throws Exception {
    long[] nanos = new long[LULLS];
    try (AiBridge bridge = AiBridge.start(new ConfFile(folder, service.baseUrl()).write())) {
      for (int i = 0; i < LULLS; i++) {
        Thread.sleep(LULL_MS + i * REST_MS / LULLS);
        long start = System.nanoTime();
        bridge.publish(GameEvent.dailyReset());
        long wanted = i + 1L;
        Waits.until("it is journaled", () -> bridge.status().events().journaled() >= wanted);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    assertThat(nanos[LULLS / 2] / 1_000_000).isLessThan(MOST_MS);
  }
}
