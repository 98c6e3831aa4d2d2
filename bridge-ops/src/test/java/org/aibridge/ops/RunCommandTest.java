package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The companion as a command: what it answers to mistakes, and how it ends. */
@Tag("slow")
class RunCommandTest {
  @TempDir Path folder;

  @Test
  void aMistakeIsASentence() throws Exception {
    CommandRun run = new CommandRun(folder);
    assertThat(run.run("run", "--conf", "nowhere.conf")).isEqualTo(1);
    assertThat(run.err).contains("nowhere.conf is not there");

    run.conf("http://127.0.0.1:1");
    Path open =
        Files.createDirectory(
            folder.resolve("open"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(run.run("run", "--folder", "open")).isEqualTo(1);
    assertThat(run.err).contains("others may use", "chmod 700");
  }

  @Test
  void endsInOrderWhenItIsTold() throws Exception {
    CommandRun run = new CommandRun(folder).conf("http://127.0.0.1:1");
    Process companion =
        ChildJvm.process(
            folder,
            Main.class,
            "run",
            "--conf",
            run.confFile(),
            "--folder",
            folder.resolve("rings"));
    Path said = folder.resolve("err");
    for (int i = 0; i < 600 && !Files.readString(said).contains("waits for a server"); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(Files.readString(said)).contains("waits for a server in " + folder.resolve("rings"));
    companion.destroy();
    assertThat(companion.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(companion.exitValue()).isEqualTo(143);
    assertThat(Files.readString(said)).doesNotContain("Exception");
  }
}
