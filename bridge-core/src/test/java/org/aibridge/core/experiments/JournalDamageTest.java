package org.aibridge.core.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The long run: {@code -Dexperiment.rounds=1000 -Dexperiment.seed=...}. */
@Tag("slow")
@Timeout(1800)
class JournalDamageTest {
  private static final int EVENTS = 10_000;
  private static final int ROUNDS = Integer.getInteger("experiment.rounds", 40);
  private static final long SEED = Long.getLong("experiment.seed", 20261120);

  @TempDir Path folder;

  @Test
  void startsOverAnyDamageLosesWhatWasHitAndCountsIt() throws Exception {
    assertThat(JournalDamage.run(folder, EVENTS, ROUNDS, ROUNDS, SEED))
        .allSatisfy(
            tally -> {
              tally.print(System.out);
              assertThat(tally.holds()).as(tally.kind).isTrue();
            });
  }
}
