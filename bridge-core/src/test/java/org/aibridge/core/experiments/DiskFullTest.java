package org.aibridge.core.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The long run: {@code -Dexperiment.rounds=20 -Dexperiment.seed=...}. */
@Tag("slow")
@Timeout(1800)
class DiskFullTest {
  private static final int ROUNDS = Integer.getInteger("experiment.rounds", 3);
  private static final long SEED = Long.getLong("experiment.seed", 20261120);

  @TempDir Path folder;

  @Test
  void losesNothingAndEndsNobodyWhenAnotherProcessFillsTheDisk() throws Exception {
    Optional<SmallDisk> mounted = SmallDisk.inMemory(folder.resolve("disk"), DiskFull.DISK_MB);
    assumeTrue(mounted.isPresent(), "only root may mount a disk that a test may fill");
    try (SmallDisk disk = mounted.orElseThrow()) {
      DiskFull.Result result = DiskFull.run(folder, disk.folder(), ROUNDS, SEED);
      result.print(System.out);
      assertThat(result.holds()).as(result.toString()).isTrue();
    }
  }
}
