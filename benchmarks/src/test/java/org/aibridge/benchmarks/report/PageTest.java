package org.aibridge.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  @TempDir Path folder;

  @Test
  void keepsTheOtherPartsWhenOneIsMeasuredAnew() throws IOException {
    new Page(folder)
        .begin("ticks")
        .line("old ticks")
        .end("ticks")
        .begin("flow")
        .line("old flow")
        .end("flow")
        .write();
    new Page(folder)
        .begin("ticks")
        .line("new ticks")
        .end("ticks")
        .keep("calls")
        .keep("flow")
        .write();
    assertThat(Files.readString(folder.resolve("benchmarks.md")))
        .isEqualTo(
            """

            <!-- ticks -->
            new ticks

            <!-- end of ticks -->

            <!-- flow -->
            old flow

            <!-- end of flow -->
            """);
  }

  @Test
  void findsNoDifferenceWhereThereIsNone() {
    Spread spread = Spread.ofDifference(rounds(1, 0), rounds(2, 0), 99.9);
    assertThat(spread.low()).isNotPositive();
    assertThat(spread.high()).isNotNegative();
  }

  @Test
  void findsADifferenceThatIsLargerThanTheNoise() {
    Spread spread = Spread.ofDifference(rounds(1, 500), rounds(2, 0), 99.9);
    assertThat(spread.low()).isBetween(400.0, 500.0);
    assertThat(spread.high()).isBetween(500.0, 600.0);
  }

  /** Twenty rounds of 600 ticks of about 5,000, and {@code more}. */
  private static List<long[]> rounds(long seed, long more) {
    SplittableRandom random = new SplittableRandom(seed);
    List<long[]> rounds = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      rounds.add(random.longs(600, 4800 + more, 5200 + more).toArray());
    }
    return rounds;
  }
}
