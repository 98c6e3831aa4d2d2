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
import org.aibridge.core.ErrorOutput;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SharedMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingPlaceTest {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  @TempDir Path folder;

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
