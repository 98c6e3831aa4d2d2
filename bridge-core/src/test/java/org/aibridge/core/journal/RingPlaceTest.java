package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.core.ErrorOutput;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.Chance;
import org.aibridge.core.run.World;
import org.aibridge.core.store.InUseException;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.core.store.SharedMemory;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingPlaceTest {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  @TempDir Path folder;

  /** Whatever fails: each start lacks the next one of its random numbers, until one needs none. */
  @Test
  void isFreeAgainAfterAStartThatFails() throws IOException {
    Path ring = PrivateFiles.makeFolder(folder.resolve("rings")).resolve("a.ring");
    int failed = -1;
    for (boolean started = false; !started; failed++) {
      AtomicInteger left = new AtomicInteger(failed + 1);
      try (JournalStage stage = stage(ring, worldWith(() -> number(left)))) {
        started = stage.intake().path().equals(ring);
        assertThatThrownBy(() -> OwnerLock.ofFile(World.ofJvm(), ring))
            .isInstanceOf(InUseException.class);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("thrown by the test");
      }
      OwnerLock.ofFile(World.ofJvm(), ring).close();
    }
    assertThat(failed).as("the place is locked, and then the ring is made").isGreaterThan(1);
  }

  private JournalStage stage(Path ring, World world) throws IOException {
    return new JournalStage(
        new JournalStage.Settings(
            folder.resolve("journal"),
            new StoreLimits(1 << 20, 0, 0),
            4,
            new JournalStage.Ring(ring, 1000, 65_536),
            null,
            List.of()),
        world,
        () -> {});
  }

  private static World worldWith(Chance chance) {
    World jvm = World.ofJvm();
    return new World(jvm.clock(), jvm.wallMs(), jvm.threads(), chance, jvm.moments(), jvm.once());
  }

  private static long number(AtomicInteger left) {
    if (left.getAndDecrement() == 0) {
      throw new IllegalStateException("thrown by the test");
    }
    return Chance.OF_JVM.bits();
  }

  /** As when somebody takes a name that the ring needs, or the memory has no room for it. */
  @Test
  void goesFromPlaceToPlaceUntilARingCanBeMade() throws IOException {
    assumeTrue(Files.isWritable(SHARED_MEMORY), "no shared memory here");
    Path wanted = SHARED_MEMORY.resolve("ring-place-" + ProcessHandle.current().pid() + ".ring");
    Path journal = PrivateFiles.makeFolder(folder.resolve("journal"));
    Path squatted = wanted.resolveSibling(wanted.getFileName() + ".new");
    List<Path> tried = new ArrayList<>();
    try (SharedMemory memory = SharedMemory.open(World.ofJvm(), journal, List.of());
        RingPlace place = new RingPlace(World.ofJvm(), journal, wanted, 4 << 20, memory);
        ErrorOutput output = new ErrorOutput()) {
      Files.createDirectories(squatted.resolve("x")); // After it was looked for.
      Intake intake =
          place.make(
              path -> {
                tried.add(path);
                if (path.startsWith(memory.folder())) {
                  throw new FileSystemException(path.toString(), null, "No space left on device");
                }
                return Intake.create(path, 1000, 65536, new Refusals());
              });
      assertThat(tried)
          .containsExactly(
              wanted, memory.folder().resolve("intake.ring"), journal.resolve("intake.ring"));
      assertThat(intake.path()).isEqualTo(journal.resolve("intake.ring")).exists();
      assertThat(journal.resolve("ring.place")).hasContent(intake.path().toString());
      assertThat(output.errors()).singleElement().asString().contains("the ring goes elsewhere");
      assertThat(place.cost())
          .contains(
              "ring_path is not used", "/dev/shm cannot be used: No space left on device: the");
      assertThatThrownBy(() -> place.make(path -> Intake.create(squatted, 1, 1, new Refusals())))
          .isInstanceOf(IOException.class);
    } finally {
      Files.deleteIfExists(squatted.resolve("x"));
      Files.deleteIfExists(squatted);
    }
    assertThat(wanted).doesNotExist();
  }
}
