package org.aibridge.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link KillRun} in small; docs/reports/native.md has the figures of a large one. */
@Tag("slow")
class KillTest {
  @TempDir Path folder;

  @Test
  void killsOfTheServerTheCompanionAndBothLoseNothingAndDoubleNothing() throws Exception {
    Needs.program("gcc", "gcc");
    int[] kills = {6, 4, 2};
    assertThat(KillRun.run(folder, 60_000, kills, 5000, 20_261_129))
        .startsWith("6 kills of the server, 4 of the companion, 2 of both, 0 companions ended by")
        .doesNotContain(" 0 answered", " 0 applied");
  }
}
