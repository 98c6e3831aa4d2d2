package org.aibridge.ops.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which file systems are warned of, and why. */
class FileSystemKindTest {
  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "zfs", "apfs", "NTFS", "f2fs"})
  void trustsLocalDisks(String type) {
    assertThat(FileSystemKind.worry(type, false)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "SMBFS", "fuse.sshfs", "9p"})
  void distrustsNetworks(String type) {
    assertThat(FileSystemKind.worry(type, false)).contains("network", "locks");
    assertThat(FileSystemKind.worry(type, true)).contains("network");
  }

  @Test
  void warnsOfAContainersOwnLayer() {
    assertThat(FileSystemKind.worry("overlay", false))
        .contains("gone with the container", "volume");
  }

  @Test
  void takesMemoryForTheRingAlone() {
    assertThat(FileSystemKind.worry("tmpfs", true)).isEmpty();
    assertThat(FileSystemKind.worry("tmpfs", false)).contains("lost when the machine restarts");
  }
}
