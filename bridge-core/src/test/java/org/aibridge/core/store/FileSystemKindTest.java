package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemKindTest {
  private static final Path FOLDER = Path.of("/srv/journal");

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "apfs", "NTFS", "f2fs", "fuseblk"})
  void trustsLocalDisks(String type) {
    FileSystemKind kind = FileSystemKind.of(type);
    assertThat(kind.refusal()).isEmpty();
    assertThat(kind.worry()).isEmpty();
    assertThatCode(() -> kind.check(FOLDER)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nfs", "nfs4", "cifs", "smb3", "SMBFS", "9p", "fuse.sshfs", "vboxsf", "fuse.new"})
  void refusesNetworksSharedFoldersAndUnknownProgrammes(String type) {
    assertThatThrownBy(() -> FileSystemKind.of(type).check(FOLDER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(FOLDER.toString())
        .hasMessageContaining(type.toLowerCase(java.util.Locale.ROOT))
        .hasMessageContaining("mapped files and locks");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlay", "fuse.fuse-overlayfs"})
  void warnsOfAContainersOwnLayer(String type) throws IOException {
    FileSystemKind kind = FileSystemKind.of(type);
    assertThat(kind.worry()).contains("gone with the container", "volume");
    kind.check(FOLDER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"btrfs", "zfs"})
  void warnsWhereABlockThatIsThereDoesNotSuffice(String type) {
    assertThat(FileSystemKind.of(type).refusal()).isEmpty();
    assertThat(FileSystemKind.of(type).worry()).contains("copies on write", "reserve_mb");
  }

  @Test
  void takesMemoryForTheRingAlone() {
    FileSystemKind memory = FileSystemKind.of("tmpfs");
    assertThat(memory.worryOfVolatile()).isEmpty();
    assertThat(memory.worry()).contains("lost when the machine restarts");
  }

  @Test
  void looksAtTheNearestFolderThereIs() throws IOException {
    assertThat(FileSystemKind.of(temp.resolve("a/b/c")))
        .isEqualTo(FileSystemKind.of(Files.getFileStore(temp).type()));
  }

  @Test
  void knowsALayerThatIsReallyMounted() throws Exception {
    for (String name : new String[] {"lower", "upper", "work", "merged"}) {
      Files.createDirectory(temp.resolve(name));
    }
    String options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work".formatted(temp);
    Path merged = temp.resolve("merged");
    assumeTrue(
        run("mount", "-t", "overlay", "overlay", "-o", options, merged.toString()), "may mount");
    try {
      assertThat(FileSystemKind.of(merged.resolve("journal")).worry()).contains("container");
    } finally {
      run("umount", "-l", merged.toString());
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
