package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.store.LogSync;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process leaves in doubt, and what it does not. */
final class ProgressMarksTest {
  @TempDir Path folder;
  private Limits limits;
  private final ManualClock clock = new ManualClock();

  @BeforeEach
  void settings() {
    limits = new Limits(folder.resolve("ledger"));
  }

  private Rig open() {
    return new Rig(limits, new Permits(), clock, 0, folder.resolve("marks"));
  }

  /** One action has ended unsaid, one is inside its handler, one has not begun. */
  private Rig openWithOneOfEach() {
    Rig rig = open();
    limits.maxConcurrent = 1;
    rig.service.onCustomAction("custom", a -> ActionReply.later(new CompletableFuture<>()));
    rig.offer(Rig.broadcast("said"), Rig.custom("walks"), Rig.broadcast("waits"));
    rig.service.tick();
    return rig;
  }

  /** As after kill -9: what is in files and in memory stays, nothing is settled. */
  private Rig crashAndOpen(Rig old) throws Exception {
    old.kill();
    return open();
  }

  @Test
  void doubtsOnlyWhatWasInsideAHandler() throws Exception {
    Rig rig = openWithOneOfEach();
    assertThat(rig.applied).containsExactly("said");
    try (Rig next = crashAndOpen(rig)) {
      assertThat(next.acknowledgeResults())
          .containsExactlyInAnyOrder(
              "said completed " + ProgressMarks.ENDED_UNSAID,
              "walks failed interrupted; outcome unknown",
              "waits failed " + ProgressMarks.NEVER_BEGUN);
      assertThat(next.service.stats().inDoubt()).isEqualTo(1);
      next.offer(Rig.broadcast("said"), Rig.custom("walks"), Rig.broadcast("waits"));
      next.service.tick();
      assertThat(next.applied).isEmpty();
    }
  }

  @Test
  void knowsWhatAnEarlierProcessLeftUntilTheDiskTakesItsEnd() throws Exception {
    Rig rig = openWithOneOfEach();
    Rig onFullDisk = crashAndOpenOnFullDisk(rig);
    assertThat(onFullDisk.transport.reports()).isEmpty();
    onFullDisk.close();
    try (Rig next = open()) {
      assertThat(next.acknowledgeResults())
          .containsExactlyInAnyOrder(
              "said completed " + ProgressMarks.ENDED_UNSAID,
              "walks failed interrupted; outcome unknown",
              "waits failed " + ProgressMarks.NEVER_BEGUN);
    }
    assertThat(folder.resolve("marks")).doesNotExist();
  }

  private Rig crashAndOpenOnFullDisk(Rig old) throws Exception {
    old.kill();
    Disk disk = new Disk(limits.ledger, clock);
    disk.full = true;
    Path marks = folder.resolve("marks");
    return new Rig(
        limits,
        clock,
        ActionLedger.open(
            new LedgerLog(LedgerNote.none(), disk.log, disk, LogSync.NONE, clock),
            limits.memory,
            clock,
            ProgressMarks.settler(marks),
            1_000_000),
        marks);
  }

  @Test
  void doubtsEverythingWhenTheMemoryIsGone() throws Exception {
    Rig rig = open();
    rig.offer(Rig.broadcast("a"));
    Files.delete(folder.resolve("marks"));
    try (Rig next = crashAndOpen(rig)) {
      assertThat(next.service.stats().inDoubt()).isEqualTo(1);
    }
  }

  @Test
  void doubtsEverythingWhenTheMemoryIsNotOurs() throws Exception {
    Rig rig = open();
    rig.offer(Rig.broadcast("a"));
    Files.write(folder.resolve("marks"), new byte[100]);
    try (Rig next = crashAndOpen(rig)) {
      assertThat(next.service.stats().inDoubt()).isEqualTo(1);
    }
  }

  @Test
  void doubtsEverythingWhenOthersMayHaveWrittenIt() throws Exception {
    Rig rig = open();
    rig.offer(Rig.broadcast("a"));
    Files.setPosixFilePermissions(
        folder.resolve("marks"), PosixFilePermissions.fromString("rw--w----"));
    try (Rig next = crashAndOpen(rig)) {
      assertThat(next.service.stats().inDoubt()).isEqualTo(1);
    }
  }

  @Test
  void leavesNoFileBehindWhenAllIsSettled() {
    try (Rig rig = open()) {
      for (int i = 0; i < 3000; i += 100) {
        String[] some = new String[100];
        for (int k = 0; k < 100; k++) {
          some[k] = Rig.broadcast("a" + (i + k));
        }
        rig.offer(some);
        rig.service.tick();
        rig.acknowledgeResults();
      }
      assertThat(rig.applied).hasSize(3000);
    }
    assertThat(folder.resolve("marks")).doesNotExist();
  }
}
