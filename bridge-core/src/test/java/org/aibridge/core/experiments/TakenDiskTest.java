package org.aibridge.core.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk turns read-only, or is gone, while the bridge runs; only root can make such a disk. */
@Tag("slow")
@Timeout(120)
class TakenDiskTest {
  private static final int RATE = 1000;
  private static final int ENOUGH = 500;

  @TempDir Path folder;

  private RecordingService service;
  private Board board;
  private Path mount;

  @BeforeEach
  void prepare() throws Exception {
    service = new RecordingService();
    service.takePoison();
    board = new Board(folder.resolve("board"));
    mount = folder.resolve("disk");
  }

  @AfterEach
  void stopService() {
    service.close();
  }

  @Test
  void refusesAndGoesOnWhenItsFileSystemTurnsReadOnly() throws Exception {
    Needs.program("mkfs.ext4", "e2fsprogs");
    Optional<SmallDisk> made = SmallDisk.ext4(mount, folder.resolve("image"), 64);
    assumeTrue(made.isPresent(), "no ext4 disk can be made here");
    try (SmallDisk disk = made.orElseThrow()) {
      assertRefusesAfter(disk::spoil, "Read-only file system");
    }
  }

  @Test
  void refusesAndGoesOnWhenItsDiskIsUnmounted() throws Exception {
    try (SmallDisk disk = memoryDisk()) {
      assertRefusesAfter(disk::revoke, "removed or unmounted");
    }
  }

  @Test
  void refusesAndGoesOnWhenItsFoldersAreDeleted() throws Exception {
    try (SmallDisk disk = memoryDisk()) {
      assertRefusesAfter(
          () -> SmallDisk.run("sh", "-c", "rm -rf '%s'/*".formatted(disk.folder())),
          "removed or unmounted");
    }
  }

  private SmallDisk memoryDisk() throws IOException {
    Optional<SmallDisk> made = SmallDisk.inMemory(mount, 64);
    assumeTrue(made.isPresent(), "only root may mount a disk that a test may take away");
    return made.orElseThrow();
  }

  private interface Blow {
    void strike() throws IOException;
  }

  private void assertRefusesAfter(Blow blow, String why) throws Exception {
    Process child = start(mount, 1);
    try {
      DiskFull.until("events", () -> board.get(Board.ACCEPTED) > ENOUGH);
      blow.strike();
      DiskFull.until("a refusal", () -> board.get(Board.REFUSED) > 0 || !child.isAlive());
      DiskFull.until("a status", () -> said(why) || !child.isAlive());
      end(child);
    } finally {
      child.destroyForcibly().waitFor();
    }
    // What was accepted in the last moment is in the ring, and the next start has it.
    end(start(folder.resolve("other-disk"), 30));
    int accepted = (int) board.get(Board.ACCEPTED);
    assertThat(service.delivered().length()).isEqualTo(accepted);
    assertThat(service.delivered().cardinality()).isEqualTo(accepted);
    assertThat(service.repeated()).isZero();
  }

  private Process start(Path disk, int drainSeconds) throws IOException {
    Path conf = Conf.write(folder, disk, service.baseUrl(), 4);
    return ChildJvm.process(
        folder, SteadyPublisher.class, conf, folder.resolve("board"), RATE, drainSeconds);
  }

  private void end(Process child) throws Exception {
    board.set(Board.STOP, 1);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
    assertThat(folder.resolve("hs_err")).doesNotExist();
  }

  private boolean said(String why) {
    try {
      return Files.readAllLines(folder.resolve("out")).stream()
          .anyMatch(
              line ->
                  line.startsWith("DEGRADED|")
                      && line.contains(mount.toString())
                      && line.contains(why));
    } catch (IOException e) {
      return false;
    }
  }
}
