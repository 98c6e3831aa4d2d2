package org.aibridge.core.action;

import java.io.IOException;
import java.nio.file.Path;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.store.LogSync;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A rig that is closed, killed and opened again on what it has left. */
abstract class RigTest {
  @TempDir Path folder;
  Rig rig;

  final Rig open() {
    rig = rig == null ? new Rig(folder.resolve("ledger")) : new Rig(rig.limits, rig.clock);
    return rig;
  }

  /** Opens it on a disk that can be full, and that syncs as told. */
  final Disk openOnDisk(LogSync sync) throws IOException {
    ManualClock clock = new ManualClock();
    Disk disk = new Disk(folder.resolve("ledger"), clock);
    openOn(disk, sync, new Limits(folder.resolve("ledger")), clock);
    return disk;
  }

  final void openOn(Disk disk, LogSync sync, Limits limits, ManualClock clock) throws IOException {
    rig =
        new Rig(
            limits,
            clock,
            ActionLedger.open(
                new LedgerLog(LedgerNote.none(), disk.log, disk, sync, clock),
                limits.memory,
                clock,
                ActionLedger::doubt,
                1_000_000));
  }

  /** As after kill -9: what is on disk stays, nothing is settled. */
  final Rig crashAndOpen() throws Exception {
    rig.kill();
    return open();
  }

  @AfterEach
  final void close() {
    if (rig != null) {
      rig.close();
    }
  }
}
