package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.core.run.World;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** Who owns a folder, and what is left of an owner. */
@Tag("slow")
class OwnershipTest {
  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void nameFolder() {
    folder = temp.resolve("segments");
  }

  private SegmentLog open() throws IOException {
    return SegmentLog.open(folder, 1 << 20, 0, World.ofJvm());
  }

  @Test
  void refusesASecondOwnerAndNamesTheFirstByItsPid() throws Exception {
    Process owner = ChildJvm.process(temp, OwningProcess.class, folder, "stay");
    try {
      awaitOutput(owner);
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by the process " + owner.pid());
    } finally {
      owner.destroyForcibly();
      owner.waitFor(10, TimeUnit.SECONDS);
    }
    long before = System.nanoTime();
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
      assertThat(tail.next()).isTrue();
      log.append(new byte[10]);
    }
    assertThat(folder.resolve("quarantine")).doesNotExist();
  }

  /** Found by review: the attempt itself gave up the first one's lock to other processes. */
  @Test
  void keepsOtherProcessesOutAlsoAfterASecondAttemptInThisOne() throws Exception {
    try (SegmentLog log = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in this process");
      Process other = ChildJvm.process(temp, OwningProcess.class, folder, "go");
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(temp.resolve("out"))
          .content()
          .contains("refused: ", "in use by the process " + ProcessHandle.current().pid());
      log.append(new byte[10]);
    }
    open().close();
  }

  @Test
  void waitsForACommandLineThatHasAFolderForAMoment() throws Exception {
    Process other = ChildJvm.process(temp, OwningProcess.class, folder, "a moment");
    awaitOutput(other);
    OwnerLock.ofFolder(World.ofJvm(), folder).close();
    assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  /**
   * Owners that come and go at once; the lock's file goes with each of them. In shared memory,
   * where the ring is and where a file comes and goes so fast that two owned one when the check was
   * whether a file of the same number lies there.
   */
  @Test
  void givesAFileToOneOwnerAtATime(@TempDir(factory = InSharedMemory.class) Path shared)
      throws Exception {
    pass(shared, 2000);
  }

  @Test
  @Tag("long")
  void givesAFileToOneOwnerAtATimeThreeTimesAsOften(
      @TempDir(factory = InSharedMemory.class) Path shared) throws Exception {
    pass(shared, 6000);
  }

  private void pass(Path shared, int times) throws Exception {
    List<Process> others = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Path out = Files.createDirectory(temp.resolve("process" + i));
      others.add(ChildJvm.process(out, PassingOwner.class, shared.resolve("ring"), times));
    }
    try {
      for (int i = 0; i < 5; i++) {
        assertThat(others.get(i).waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(temp.resolve("process" + i + "/out")))
            .as(Files.readString(temp.resolve("process" + i + "/err")))
            .contains("owned " + times + " times");
      }
    } finally {
      others.forEach(Process::destroyForcibly);
    }
    assertThat(shared.resolve("ring.lock")).doesNotExist();
  }

  private static final class InSharedMemory implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
        throws IOException {
      Path shared = Path.of("/dev/shm");
      return Files.isWritable(shared)
          ? Files.createTempDirectory(shared, "owners")
          : Files.createTempDirectory("owners");
    }
  }

  @Test
  void leavesNoThreadAndNoFileHandleAfterTwentyOpensAndCloses() throws Exception {
    openReadAndClose();
    Set<String> threads = threads();
    for (int i = 0; i < 20; i++) {
      openReadAndClose();
    }
    // Those of tests before this one may end meanwhile.
    assertThat(threads()).isSubsetOf(threads).noneMatch(name -> name.contains("releaser"));
    assertThat(handles()).isEmpty();
    assertThat(mappings()).isEmpty();
  }

  /** Found by the simulator: one more file stayed open with each second of a shortage. */
  @Test
  void leavesNoFileHandleWhereASegmentCannotBeBegun() throws Exception {
    SegmentAppender begun =
        SegmentAppender.begin(
            folder,
            1,
            10,
            1 << 20,
            point -> {
              throw new OutOfMemoryError("as in a shortage");
            });
    assertThatThrownBy(() -> begun.append(new byte[10], 0, 10)).isInstanceOf(IOException.class);
    begun.discard();
    assertThat(handles()).isEmpty();
    assertThat(mappings()).isEmpty();
    assertThat(folder).doesNotExist();
  }

  /**
   * A store to a mapped page waits as long as the disk stands still, for a snapshot say, and each
   * pause of the JVM waits for the thread: the game's stood still for as long.
   */
  @Test
  void mapsNoFile() throws Exception {
    try (SegmentLog log = open()) {
      for (int i = 0; i < 30; i++) {
        log.append(new byte[100_000]);
        assertThat(mappings()).isEmpty();
      }
    }
  }

  private void openReadAndClose() throws IOException {
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      for (int i = 0; i < 30; i++) {
        log.append(new byte[100_000]);
      }
      while (tail.next()) {
        continue;
      }
      log.deleteBefore(tail.position());
    }
  }

  @Test
  void saysNothingOutsideTheLog() throws Exception {
    for (int i = 0; i < 2; i++) {
      Process child = ChildJvm.process(temp, OwningProcess.class, folder, "go");
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isZero();
      assertThat(temp.resolve("out")).isEmptyFile();
      assertThat(temp.resolve("err")).isEmptyFile();
    }
    assertThat(temp.resolve("log")).exists();
  }

  private void awaitOutput(Process child) throws IOException {
    while (!Files.readString(temp.resolve("out")).contains("open")) {
      assertThat(child.isAlive()).as(Files.readString(temp.resolve("err"))).isTrue();
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.startsWith("surefire") && !name.startsWith("process reaper"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<String> handles() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(OwnershipTest::target).filter(this::isOurs).toList();
    }
  }

  private List<String> mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream().filter(this::isOurs).toList();
  }

  private boolean isOurs(String path) {
    return path.contains(folder.toString());
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void letsGoOfAPlaceWhoseLockFileCannotBeRemoved() throws Exception {
    Path place = temp.resolve("ring");
    Path lockFile = temp.resolve("ring.lock");
    OwnerLock lock = OwnerLock.ofFile(World.ofJvm(), place);
    Files.delete(lockFile);
    Files.createDirectories(lockFile.resolve("in the way"));
    lock.close();
    Files.delete(lockFile.resolve("in the way"));
    Files.delete(lockFile);
    OwnerLock.ofFile(World.ofJvm(), place).close();
    assertThat(lockFile).doesNotExist();
  }
}
