package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LeftByAShortage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger whose records went on behind an end mark, as an earlier version left it. */
class ShortageOfOldTest {
  @TempDir Path temp;

  @Test
  void knowsEveryActionThatWasApplied() throws Exception {
    Path folder = LeftByAShortage.unpack("ledger", temp.resolve("ledger"));
    for (int start = 0; start < 2; start++) {
      try (ActionLedger ledger =
          ActionLedger.open(
              temp, folder, Duration.ofHours(72), 0, false, World.ofJvm(), ActionLedger::doubt)) {
        int applied = 0;
        for (int i = 0; i < 400; i++) {
          LedgerEntry entry = ledger.find("action-" + i);
          assertThat(entry).as("action-%d", i).isNotNull();
          applied += entry.result().end() == ActionResult.End.APPLIED ? 1 : 0;
        }
        assertThat(applied).as("but for one whose result was refused").isEqualTo(399);
      }
    }
  }
}
