package org.aibridge.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.core.run.World;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.ops.CommandRun.Found;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check} finds out about the folders of the bridge. */
class CheckStorageTest {
  private static final String OFF = "[bridge]\nenabled = no\n";

  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  @Test
  void leavesNothingBehind() throws Exception {
    Files.createDirectories(folder.resolve("ai_bridge/journal"));
    run.confText(OFF);
    assertThat(run.run("check")).isZero();
    assertThat(run.out)
        .contains(folder.resolve("ai_bridge/journal") + " can be written")
        .contains(folder.resolve("ai_bridge/dead-letters") + " can be made");
    try (Stream<Path> files = Files.walk(folder.resolve("ai_bridge"))) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("ai_bridge", "journal");
    }
  }

  @Test
  void saysThatAFileIsInTheWay() throws Exception {
    Files.writeString(folder.resolve("here"), "");
    run.confText(OFF + "[journal]\npath = here/journal\n");
    assertThat(run.run("check")).isEqualTo(1);
    Found found = run.check("journal").get(0);
    assertThat(found.ok()).isFalse();
    assertThat(found.detail()).isEqualTo(folder.resolve("here") + " is a file, not a folder");
    assertThat(found.advice()).contains("[journal] path");
  }

  @Test
  void saysThatAFolderCannotBeWritten() throws Exception {
    run.confText(OFF + "[event_dispatcher]\ndlq_path = /proc/ai_bridge\n");
    assertThat(run.run("check")).isEqualTo(1);
    Found found = run.check("dead letters").get(0);
    assertThat(found.ok()).isFalse();
    assertThat(found.detail()).startsWith("/proc cannot be written");
    assertThat(found.advice()).isNotEmpty();
  }

  @Test
  void saysThatTheStatusCanBeWrittenBesideTheJournal() throws Exception {
    run.confText(OFF);
    Found found = run.check("status").get(0);
    assertThat(found.level()).isEqualTo("ok");
    assertThat(found.detail())
        .startsWith(folder.resolve("ai_bridge/journal-status") + " can be made")
        .contains("hard links");
  }

  /** As beside a journal that is a mount point of its own, in a folder that is somebody else's. */
  @Test
  void warnsThatTheStatusCannotBeWrittenBesideTheJournal() throws Exception {
    run.confText(OFF + "[journal]\npath = /proc/journal\n");
    Found found = run.check("status").get(0);
    assertThat(found.level()).isEqualTo("warning");
    assertThat(found.detail()).startsWith("/proc ").contains("would not know how it is");
    assertThat(found.advice()).isNotEmpty();
    Files.createDirectories(folder.resolve("own/journal"));
    Files.writeString(folder.resolve("own/journal-status"), "");
    run.confText(OFF + "[journal]\npath = own/journal\n");
    assertThat(run.check("status").get(0).detail())
        .startsWith(folder.resolve("own/journal-status") + " is a file");
  }

  @Test
  void saysThatThereIsLessRoomThanTheReserve() throws Exception {
    long freeMb = Files.getFileStore(folder).getUsableSpace() >> 20;
    assertThat(freeMb).isLessThan(1_000_000);
    run.confText(OFF + "[journal]\nreserve_mb = 1000000\n");
    Found found = run.check("journal").get(0);
    assertThat(found.ok()).isFalse();
    assertThat(found.detail()).contains("too little room", "needed 1000000 MB");
    assertThat(found.advice()).contains("reserve_mb");
  }

  @Test
  void namesTheRingsFolder() throws Exception {
    run.confText(OFF + "[journal]\nring_path = rings/mine\n");
    Found found = run.check("ring").get(0);
    assertThat(found.ok()).isTrue();
    assertThat(found.detail()).startsWith(folder.resolve("rings") + " can be made");
  }

  @Test
  void refusesAFileOfSomebodyElseInTheRingsPlace() throws Exception {
    Path save = Files.writeString(folder.resolve("players.db"), "precious");
    run.confText(OFF + "[journal]\nring_path = players.db\n");
    assertThat(run.run("check")).isEqualTo(1);
    Found found = run.check("ring").get(0);
    assertThat(found.ok()).isFalse();
    assertThat(found.detail())
        .isEqualTo(save + " is there already and is no ring of a bridge; name another file");
    assertThat(save).hasContent("precious");
  }

  @Test
  void saysThatTwoFoldersAreOneThroughALink() throws Exception {
    Path journal = Files.createDirectories(folder.resolve("ai_bridge/journal"));
    Files.createSymbolicLink(folder.resolve("d"), journal);
    run.confText(OFF + "[event_dispatcher]\ndlq_path = d\n");
    assertThat(run.run("check")).isEqualTo(1);
    Found found = run.check("dead letters").get(1);
    assertThat(found.ok()).isFalse();
    assertThat(found.detail()).contains("dlq_path is the folder of [journal] path");
  }

  @Test
  void saysWhatOthersMayLookIntoAndTheCommandThatMendsIt() throws Exception {
    run.confText(OFF);
    assertThat(run.check("journal")).hasSize(1);
    Path journal = Files.createDirectories(folder.resolve("ai_bridge/journal"));
    Files.createFile(journal.resolve("owner.lock"));
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rwxr-xr-x"));
    Found found = run.check("journal").get(1);
    assertThat(found.level()).isEqualTo("warning");
    assertThat(found.detail()).startsWith("others may look into " + journal);
    assertThat(found.advice()).contains("chmod -R go= " + journal);
  }

  @Test
  void saysThatTheGroupOfTheStatusIsNotThere() throws Exception {
    run.confText(OFF + "[status]\ngroup = nosuchgroup\n");
    assertThat(run.run("check")).isZero();
    assertThat(run.check("status"))
        .anyMatch(found -> found.detail().contains("there is no group nosuchgroup"));
  }

  @Test
  void leavesOutTheLedgerWhenNoActionsAreFetched() throws Exception {
    run.confText(OFF + "[action_executor]\nenabled = no\n");
    assertThat(run.check("actions")).isEmpty();
  }

  @Test
  void saysWhatEachFailureMayCostOnThisHost() throws Exception {
    String ring = "ring_path = here/ring\n";
    run.confText(OFF + "[journal]\n" + ring);
    assertThat(run.check("process death").get(0).detail())
        .startsWith("costs nothing: the ring lies in ")
        .endsWith(folder.resolve("here").toString());
    assertThat(run.check("JVM crash").get(0).detail()).startsWith("costs nothing");
    Found crash = run.check("OS crash").get(0);
    assertThat(crash.level()).isEqualTo("ok");
    assertThat(crash.detail()).contains("every event that waits");
    assertThat(run.check("disk loss").get(0).detail())
        .contains(folder.resolve("ai_bridge/journal").toString());
  }

  /** The kernel's files here give all they have to the first read and nothing to the next. */
  @Test
  void saysAfterHowManySecondsTheKernelWrites() throws Exception {
    Path kernel = Path.of("/proc/sys/vm");
    assumeTrue(Files.isReadable(kernel.resolve("dirty_expire_centisecs")), "needs Linux");
    Process cat =
        new ProcessBuilder("cat", "dirty_expire_centisecs", "dirty_writeback_centisecs")
            .directory(kernel.toFile())
            .start();
    long centiseconds =
        new String(cat.getInputStream().readAllBytes(), US_ASCII)
            .lines()
            .mapToLong(Long::parseLong)
            .sum();
    run.confText(OFF + "[journal]\nring_path = here/ring\n");
    assertThat(run.check("OS crash").get(0).detail())
        .endsWith("; this kernel begins to write what is older than " + centiseconds / 100 + " s");
  }

  @Test
  void saysThatASyncedJournalCostsTheInterval() throws Exception {
    assumeTrue(!Files.getFileStore(folder).type().equals("tmpfs"), "memory survives no crash");
    run.confText(OFF + "[journal]\ndurability = os\nsync_interval = 250\n");
    assertThat(run.check("OS crash").get(0).detail())
        .contains("in the last 250 ms", "durability = os");
  }

  @Test
  void saysWhetherTheRingAndTheJournalLieInMemory() throws Exception {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isDirectory(memory) && Files.getFileStore(memory).type().equals("tmpfs"));
    run.confText(
        OFF + "[journal]\ndurability = os\nring_path = /dev/shm/r\npath = /dev/shm/none\n");
    assertThat(run.check("process death").get(0).detail()).contains("in shared memory, /dev/shm");
    assertThat(run.check("OS crash").get(0).detail()).contains("journal itself lies in memory");
  }

  @Test
  void namesTheBridgeThatIsRunningAndLeavesItTheFolder() throws Exception {
    Path journal = Files.createDirectories(folder.resolve("ai_bridge/journal"));
    run.confText(OFF);
    Process bridge = holder(journal);
    try (InputStream said = bridge.getInputStream()) {
      assertThat(said.read()).isEqualTo('!');
      long before = Files.getLastModifiedTime(journal).toMillis();
      Found found = run.check("journal").get(0);
      assertThat(found.level()).isEqualTo("ok");
      assertThat(found.detail()).contains("is running with pid " + bridge.pid());
      assertThat(Files.getLastModifiedTime(journal).toMillis()).isEqualTo(before);
      assertThat(Files.readString(journal.resolve("owner.lock"))).isEqualTo("" + bridge.pid());
    } finally {
      bridge.destroyForcibly().waitFor();
    }
    assertThat(run.check("journal").get(0).detail()).contains("can be written");
  }

  @Test
  void isNotTakenInByAStrangerWithTheSamePid() throws Exception {
    Path journal = Files.createDirectories(folder.resolve("ai_bridge/journal"));
    Files.writeString(journal.resolve("owner.lock"), "" + ProcessHandle.current().pid());
    run.confText(OFF);
    assertThat(run.check("journal").get(0).detail()).contains("can be written");
  }

  private static Process holder(Path folder) throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Owns a folder until it is killed. */
  static final class Holder {
    public static void main(String[] args) throws Exception {
      try (OwnerLock lock = OwnerLock.ofFolder(World.ofJvm(), Path.of(args[0]))) {
        System.out.write("!".getBytes(StandardCharsets.US_ASCII));
        System.out.flush();
        System.in.read();
        assertThat(lock).isNotNull();
      }
    }
  }
}
