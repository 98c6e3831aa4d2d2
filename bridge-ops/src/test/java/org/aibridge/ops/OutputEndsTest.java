package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.ops.dlq.Letters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command does when what it writes to takes no more. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutputEndsTest {
  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() throws IOException {
    run =
        new CommandRun(folder)
            .conf("http://127.0.0.1:1", "[event_dispatcher]", "dlq_path = letters");
    Files.createDirectories(folder.resolve("journal"));
    Files.write(folder.resolve("journal/cursor"), new byte[8192]);
    try (DeadLetterStore store = Letters.open(folder.resolve("letters"))) {
      Letters.append(store, 60);
    }
  }

  /** A pipe whose reader has gone. */
  private static final class Gone extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("Broken pipe");
    }
  }

  @Test
  void endsWhatWouldGoOnForEverOnceNobodyReads() {
    for (String command : List.of("dlq tail -f", "dlq tail -f -o csv", "dlq tail -f -o table")) {
      PrintWriter gone = new PrintWriter(new Gone(), true);
      int exit =
          Main.run(run.surroundings(gone, new PrintWriter(new StringWriter())), command.split(" "));
      assertThat(exit).as(command).isNotZero();
    }
  }

  @Test
  void namesTheFileForWhichThereIsNoRoom() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        has("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk.toString()),
        "only root may mount a disk that a test may fill");
    try {
      for (String command :
          List.of(
              "dlq export --to disk/letters", "backup disk/backup", "bundle --to disk/bundle")) {
        assertThat(run.run(command.split(" "))).as(command + run.err).isEqualTo(1);
        String file = command.substring(command.indexOf("disk/"));
        assertThat(run.err).contains(file, "No space left on device").hasLineCount(1);
        has("find", disk.toString(), "-mindepth", "1", "-delete");
        if (command.startsWith("backup")) { // A bundle is smaller than a page.
          has("dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=4k");
        }
      }
      assertThat(disk.resolve("bundle")).as("half of one").doesNotExist();
    } finally {
      has("umount", "-l", disk.toString());
    }
  }

  private static boolean has(String... command) throws Exception {
    return new ProcessBuilder(command).start().waitFor() == 0;
  }
}
