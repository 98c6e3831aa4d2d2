package org.aibridge.core.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The status as other processes see it, whatever has run out. */
@Timeout(60)
class StatusFileTest {
  @TempDir Path temp;

  private Path folder() {
    return temp.resolve("journal-status");
  }

  private Path file() {
    return folder().resolve(StatusFile.NAME);
  }

  private JsonNode status() throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(file()));
  }

  private static String json(int number, int length) {
    return "{\"n\":%d,\"text\":\"%s\"}".formatted(number, "x".repeat(length));
  }

  @Test
  void liesBesideTheJournalInAFolderOfItsOwn() {
    assertThat(StatusFile.folderOf(temp.resolve("journal"))).isEqualTo(folder());
  }

  @Test
  void isJsonWithTheTimeAndTheProcessOfWhoeverWroteIt() throws Exception {
    try (StatusFile file = new StatusFile(folder())) {
      file.write(json(1, 10), 5000);
      file.write(json(2, 5000), 6000);
      file.write(json(3, 1), 7000);
    }
    assertThat(status().path("n").asInt()).isEqualTo(3);
    assertThat(status().path("written_at_ms").asLong()).isEqualTo(7000);
    assertThat(status().path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(Files.readString(file())).endsWith(" \n");
  }

  @Test
  void isWrittenAnewWhenItHasChangedOrIsNoLongerFresh() throws Exception {
    try (StatusFile file = new StatusFile(folder())) {
      file.write(json(1, 1), 5000);
      file.write(json(1, 1), 9999);
      assertThat(status().path("written_at_ms").asLong()).isEqualTo(5000);
      file.write(json(1, 1), 10_000);
      assertThat(status().path("written_at_ms").asLong()).isEqualTo(10_000);
    }
    assertThat(StatusFile.isStale(10_000, 23_999)).isFalse();
    assertThat(StatusFile.isStale(10_000, 24_000)).isTrue();
    assertThat(StatusFile.isStale(24_000, 10_001)).as("written by two clocks").isFalse();
    assertThat(StatusFile.isStale(24_000, 10_000)).as("the clock was set back since").isTrue();
  }

  @Test
  void staysWholeForAReaderThatIsHalfWayThroughItWhenTheNextIsWritten() throws Exception {
    try (StatusFile file = new StatusFile(folder())) {
      for (int i = 0; i < 4; i++) {
        file.write(json(i, 5000), 1000 * i);
        try (InputStream in = Files.newInputStream(file())) {
          byte[] first = in.readNBytes(2000);
          file.write(json(100, 20), 1000 * i + 500);
          byte[] rest = in.readAllBytes();
          String text = new String(first, StandardCharsets.UTF_8) + new String(rest);
          assertThat(new ObjectMapper().readTree(text).path("n").asInt()).isEqualTo(i);
          assertThat(new ObjectMapper().readTree(text).path("text").asText()).hasSize(5000);
        }
      }
    }
  }

  @Test
  void keepsTheLastStatusOfAProcessThatDiedWhileItWroteTheNext() throws Exception {
    try (StatusFile died = new StatusFile(folder())) {
      died.write(json(1, 100), 1000);
      died.write(json(2, 100), 2000);
      Files.createLink(folder().resolve(StatusFile.NAME + ".next"), file());
      try (StatusFile next = new StatusFile(folder())) {
        try (InputStream in = Files.newInputStream(file())) {
          next.write(json(3, 3), 3000);
          assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("\"n\":2");
        }
        next.write(json(4, 3), 4000);
        assertThat(status().path("n").asInt()).isEqualTo(4);
      }
    }
  }

  @Test
  void isWrittenByAThreadThatWasInterrupted() throws Exception {
    try (StatusFile file = new StatusFile(folder())) {
      for (int i = 0; i < 5; i++) {
        Thread.currentThread().interrupt();
        file.write(json(i, i), i);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(status().path("n").asInt()).isEqualTo(i);
      }
    }
  }

  @Test
  void isThereAgainAfterSomebodyHasDeletedOrReplacedIt() throws Exception {
    Path foreign = Files.writeString(temp.resolve("players.db"), "somebody's");
    try (StatusFile file = new StatusFile(folder())) {
      file.write(json(1, 1), 1000);
      Files.delete(file());
      file.write(json(1, 1), 1001);
      assertThat(status().path("written_at_ms").asLong()).isEqualTo(1001);
      for (String name : new String[] {".1", ".2", ""}) {
        Path path = folder().resolve(StatusFile.NAME + name);
        Files.delete(path);
        Files.createSymbolicLink(path, foreign);
      }
      file.write(json(2, 1), 2000);
      assertThat(status().path("n").asInt()).isEqualTo(2);
      try (var all = Files.list(folder())) {
        for (Path path : all.toList()) {
          Files.delete(path);
        }
      }
      Files.delete(folder());
      file.write(json(3, 1), 3000);
      assertThat(status().path("n").asInt()).isEqualTo(3);
    }
    assertThat(foreign).hasContent("somebody's");
  }

  @Test
  void tellsOfADiskThatIsFull() throws Exception {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()), "may mount");
    Path there = disk.resolve("journal-status");
    Path name = there.resolve(StatusFile.NAME);
    try (StatusFile file = new StatusFile(there)) {
      file.write(json(0, 10), 0);
      fill(disk);
      for (int i = 1; i < 50; i++) {
        file.write(json(i, 150 * i), 1000 * i);
        assertThat(Files.readString(name)).contains("\"n\":" + i + ",");
      }
      Files.delete(name);
      file.write(json(50, 7000), 50_000);
      assertThat(Files.readString(name)).contains("\"n\":50,");
    } finally {
      run("umount", "-l", disk.toString());
    }
  }

  @Test
  void tellsOfDescriptorsThatAreUsedUp() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process child =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n 256; exec \"$@\"",
                "sh",
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StatusFileChild.class.getName(),
                folder().toString())
            .redirectError(temp.resolve("err").toFile())
            .start();
    child.getOutputStream().close();
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(temp.resolve("err")).hasContent("");
    assertThat(status().path("n").asInt()).isEqualTo(9);
  }

  private static void fill(Path disk) throws IOException {
    try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  out.write(new byte[4096]);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
