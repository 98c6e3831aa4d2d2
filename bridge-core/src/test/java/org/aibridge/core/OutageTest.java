package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.OutageExperiment.Recovery;
import org.aibridge.core.OutageExperiment.Result;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The outage of {@code docs/reports/outage.md}: small each time, and in full when asked for. */
@Tag("slow")
class OutageTest {
  private static final long SEED = 20261120;
  private static final int SMALL = 20_000;
  private static final long TEN_SECONDS = 10_000_000;

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void deliversABacklogOnceInOrderAndOldestFirstWithinItsHeap() throws Exception {
    Result result = new OutageExperiment(folder, SMALL, SEED, Map.of()).run(1, SMALL);
    holds(result, result.recoveries().get(0));
  }

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  @EnabledIfSystemProperty(named = "outage.report", matches = ".+")
  void deliversAMillionEventsAtAHundredThousandASecond() throws Exception {
    int million = 1_000_000;
    Result result =
        new OutageExperiment(folder, million, SEED, Map.of()).run(5, 10_000, 100_000, million);
    OutageReport.write(Path.of(System.getProperty("outage.report")), SEED, result);
    result.recoveries().forEach(recovery -> holds(result, recovery));
    assertThat(result.starts()).allMatch(start -> start.bridgeMicros() < TEN_SECONDS / 2);
    assertThat(result.best().perSecond()).isGreaterThan(100_000);
  }

  private static void holds(Result result, Recovery recovery) {
    assertThat(recovery.oracle().missing()).isZero();
    assertThat(recovery.oracle().twice()).isZero();
    assertThat(recovery.oracle().foreign()).isZero();
    assertThat(recovery.oracle().outOfOrder()).isZero();
    assertThat(recovery.oracle().furthest()).isLessThan(OutageExperiment.MAX_AHEAD);
    assertThat(recovery.firstSend()).isLessThan(TEN_SECONDS);
    assertThat(recovery.peakHeap()).isLessThan(OutageExperiment.HEAP_MB << 10);
    long start = result.outageHeap().get(0);
    assertThat(result.outageHeap()).allMatch(heap -> heap < start + 4096);
  }
}
