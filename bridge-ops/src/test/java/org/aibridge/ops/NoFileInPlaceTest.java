package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.status.StatusFile;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a file's place and is none, such as a pipe that nobody writes to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoFileInPlaceTest {
  private static final List<String> COMMANDS =
      List.of("status", "status -o table", "check", "reload", "resume", "retry", "lanes");

  @TempDir Path folder;
  private CommandRun run;
  private Path lock;
  private Path status;

  @BeforeEach
  void begin() throws IOException {
    Needs.program("mkfifo", "coreutils");
    run = new CommandRun(folder).conf("http://127.0.0.1:1");
    Path journal = Files.createDirectories(folder.resolve("journal"));
    lock = journal.resolve("owner.lock");
    status = Files.createDirectories(StatusFile.folderOf(journal)).resolve(StatusFile.NAME);
  }

  @Test
  void keepsNoCommandWaiting() throws Exception {
    for (Path place : List.of(lock, status)) {
      for (String kind : List.of("pipe", "device", "folder")) {
        Files.deleteIfExists(lock);
        Files.deleteIfExists(status);
        put(kind, place);
        for (String command : COMMANDS) {
          assertThat(run.run(command.split(" ")))
              .as(command + " " + place + " " + kind)
              .isNotZero();
          assertThat(run.err + run.out).as(command).doesNotContain("Exception");
        }
        if (place.equals(status) || !kind.equals("folder")) {
          run.run("status");
          assertThat(run.err).as(kind).contains(place + ": it is no file");
        }
      }
    }
  }

  private static void put(String kind, Path place) throws Exception {
    switch (kind) {
      case "pipe" -> new ProcessBuilder("mkfifo", place.toString()).start().waitFor();
      case "device" -> Files.createSymbolicLink(place, Path.of("/dev/zero"));
      default -> Files.createDirectory(place);
    }
  }
}
