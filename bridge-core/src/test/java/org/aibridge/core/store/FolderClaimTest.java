package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderClaimTest {
  @TempDir Path folder;

  @Test
  void refusesAQueueOfAnotherProgramAndLeavesIt() throws Exception {
    Path other = folder.resolve("20261129-0615.cq4");
    byte[] content = new byte[100_000];
    content[70_000] = 7;
    Files.write(other, content);
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessage(other + " is there already and is no file of a bridge; name another folder");
    assertThat(other).hasBinaryContent(content);
    assertThat(folder).isDirectoryNotContaining("glob:**quarantine");
  }

  @Test
  void refusesACursorOfAnotherProgram() throws Exception {
    Files.writeString(folder.resolve("cursor"), "1, 2");
    assertThat(FolderClaim.refusal(folder)).contains("cursor is there already");
  }

  @Test
  void takesItsOwnFilesThoughSomebodyRemovedTheLock() throws Exception {
    try (SegmentLog log = open()) {
      log.append(new byte[100]);
    }
    Files.delete(folder.resolve("owner.lock"));
    assertThat(FolderClaim.refusal(folder)).isEmpty();
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      assertThat(tail.next()).isTrue();
    }
  }

  private SegmentLog open() throws IOException {
    return SegmentLog.open(folder, 1 << 20, 0, World.ofJvm());
  }
}
