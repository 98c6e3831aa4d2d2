package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.run.World;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real small disk; only where mounting is allowed. */
@Tag("slow")
class FullDiskTest {
  @TempDir Path temp;
  private Path disk;

  @BeforeEach
  void mountSmallDisk() throws Exception {
    disk = Files.createDirectory(temp.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()), "may mount");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", disk.toString());
  }

  /**
   * Blind, the log runs into the very end of the disk: without blocks of its own it would crash.
   */
  @ParameterizedTest
  @CsvSource({"4, are kept in reserve", "blind, cannot be written: No space left on device"})
  void refusesWhenTheDiskIsFullAndCrashesNothing(String reserve, String why) throws Exception {
    Path filler = Files.write(disk.resolve("filler"), new byte[8 << 20]);
    Process child =
        ChildJvm.process(temp, FillingProcess.class, disk.resolve("log"), filler, reserve);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(temp.resolve("err")).isEmptyFile();
    assertThat(child.exitValue()).isZero();
    assertThat(temp.resolve("hs_err")).doesNotExist();
    List<String> out = Files.readAllLines(temp.resolve("out"));
    assertThat(out.get(0)).contains(disk.resolve("log").toString(), why);
    int written = Integer.parseInt(out.get(2));
    assertThat(written).isBetween(100, 245);
    assertThat(out.get(3)).isEqualTo("read " + written);
  }

  @Test
  void appendsNothingWithoutRoomThoughItOpens() throws Exception {
    Files.write(disk.resolve("filler"), new byte[22 << 20]);
    try (SegmentLog log = SegmentLog.open(disk.resolve("log"), 1 << 20, 4 << 20, World.ofJvm())) {
      assertThatThrownBy(() -> log.append(new byte[10])).isInstanceOf(StoreFullException.class);
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
