package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.store.LogSync;
import org.junit.jupiter.api.Test;

/** Actions whose disk is full, or does not take what is synced to it. */
final class LedgerDiskTest extends RigTest {
  @Test
  void syncsTheIntentsOfAPollOnceBeforeTheGameSeesAnAction() throws Exception {
    int[] syncs = new int[1];
    openOnDisk(
        () -> {
          if (syncs[0]++ == 0) { // And not at the close, which syncs as well.
            rig.service.tick();
            assertThat(rig.applied).as("applied before the sync ended").isEmpty();
          }
        });
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"), Rig.broadcast("c"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a", "b", "c");
    assertThat(syncs[0]).isEqualTo(1);
  }

  @Test
  void appliesNothingWhoseIntentTheDiskDidNotTake() throws Exception {
    boolean[] broken = {true};
    openOnDisk(
        () -> {
          if (broken[0]) {
            throw new IOException("Input/output error");
          }
        });
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    assertThat(rig.service.pending()).isEqualTo(1);
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).as("offered again").isEmpty();
    broken[0] = false;
    rig.clock.advanceMs(1000);
    rig.service.runOnce();
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
  }

  @Test
  void failsAtACloseWhatTheDiskNeverTook() throws Exception {
    openOnDisk(
        () -> {
          throw new IOException("Input/output error");
        });
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.close();
    rig = new Rig(rig.limits, rig.clock);
    assertThat(rig.service.stats().inDoubt()).isZero();
    assertThat(rig.acknowledgeResults().get(0)).startsWith("a failed the server closed");
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void takesNoActionItCannotWriteDown() throws Exception {
    Disk disk = openOnDisk(LogSync.NONE);
    disk.full = true;
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    assertThat(rig.service.pending()).isZero();
    assertThat(disk.refused).isEqualTo(1);
    disk.full = false;
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a", "b");
    assertThat(rig.acknowledgeResults()).hasSize(2);
  }

  @Test
  void countsAgainstTheRatesOnlyWhatTheDiskHasTaken() throws Exception {
    Disk disk = openOnDisk(LogSync.NONE);
    rig.permits.perMinute(ActionType.BROADCAST, 1);
    disk.full = true;
    for (int i = 0; i < 3; i++) {
      rig.offer(Rig.broadcast("a"));
    }
    assertThat(disk.refused).isEqualTo(3);
    disk.full = false;
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.acknowledgeResults())
        .contains("b failed more than broadcast.per_minute, which is 1");
  }

  @Test
  void keepsOutcomesInMemoryUntilTheyCanBeWritten() throws Exception {
    Disk disk = openOnDisk(LogSync.NONE);
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    disk.full = true;
    rig.service.tick();
    for (int i = 0; i < 50; i++) {
      rig.service.runOnce();
    }
    assertThat(disk.refused).as("looks once a second").isEqualTo(1);
    assertThat(rig.transport.reports()).as("nothing is told before it is written").isEmpty();
    assertThat(rig.service.pending()).isEqualTo(2);
    disk.full = false;
    rig.clock.advanceMs(1000);
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said", "b completed said");
    assertThat(rig.service.stats().applied()).isEqualTo(2);
  }

  @Test
  void writesOutcomesAtACloseThoughTheDiskWasFullJustBefore() throws Exception {
    Disk disk = openOnDisk(LogSync.NONE);
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    disk.full = true;
    rig.service.runOnce();
    disk.full = false;
    rig.close();
    open();
    assertThat(rig.service.stats().inDoubt()).isZero();
    assertThat(rig.acknowledgeResults()).hasSize(2);
  }

  @Test
  void doubtsAtTheNextStartWhatAFullDiskKeptItFromWriting() throws Exception {
    Disk disk = openOnDisk(LogSync.NONE);
    rig.offer(Rig.broadcast("a"));
    disk.full = true;
    rig.close();
    open();
    assertThat(rig.acknowledgeResults()).containsExactly("a failed interrupted; outcome unknown");
  }

  @Test
  void tellsWhatItSettledOnlyOnceTheDiskHasTakenIt() throws Exception {
    open().offer(Rig.broadcast("a"));
    rig.kill();
    Disk disk = new Disk(folder.resolve("ledger"), rig.clock);
    disk.full = true;
    openOn(disk, LogSync.NONE, rig.limits, rig.clock);
    rig.offer(Rig.broadcast("a"));
    rig.clock.advanceMs(1000);
    assertThat(rig.openReports()).isEmpty();
    disk.full = false;
    rig.clock.advanceMs(1000);
    assertThat(rig.acknowledgeResults()).containsExactly("a failed interrupted; outcome unknown");
  }
}
