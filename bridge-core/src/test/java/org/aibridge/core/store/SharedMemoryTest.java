package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTest {
  @TempDir Path temp;
  private Path machines;

  private boolean mount(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @AfterEach
  void unmount() throws Exception {
    if (machines != null) {
      mount("umount", machines.toString());
    }
  }

  /** The folder could be made, and its lock not: the next try did without one. */
  @Test
  void locksAFolderThatItHasMadeAgainWithoutRoomForTheLock() throws Exception {
    machines = Files.createDirectory(temp.resolve("memory"));
    assumeTrue(
        mount("mount", "-t", "tmpfs", "-o", "nr_inodes=9,mode=1777", "none", machines.toString()),
        "only root can have a memory with room for nine files");
    Path journal = Files.createDirectory(temp.resolve("journal"));
    // Else the end of the lost ones makes room.
    try (SharedMemory memory = SharedMemory.open(World.ofJvm(), machines, journal, List.of());
        DirectoryStream<Path> open = Files.newDirectoryStream(memory.folder())) {
      Path folder = memory.folder();
      Path lock = folder.resolve("owner.lock");
      Files.createLink(machines.resolve("held"), lock);
      Files.delete(lock);
      Files.delete(folder);
      Path last = fill();
      Files.delete(last);
      assertThatThrownBy(memory::renew).isInstanceOf(IOException.class);
      Files.delete(last.resolveSibling("0"));
      memory.renew();
      assertThat(open).isNotNull();
      assertThat(memory.folder()).isEqualTo(folder);
      assertThat(lock).exists();
      assertThat(memory.held()).containsExactly(folder);
      assertThat(journal.resolve("memory.place")).content().startsWith(folder.toString());
    }
  }

  /** Makes files until there is no room for one, and returns the last. */
  private Path fill() throws IOException {
    Path last = null;
    for (int i = 0; i < 20; i++) {
      Path next = machines.resolve("" + i);
      try {
        Files.createFile(next);
      } catch (IOException full) {
        return last;
      }
      last = next;
    }
    throw new IOException("it does not get full");
  }
}
