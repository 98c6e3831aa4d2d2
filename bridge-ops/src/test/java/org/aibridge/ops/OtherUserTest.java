package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.run.World;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of a user to whom the server's folders are closed, in processes of that user. */
@Tag("slow")
@Timeout(120)
class OtherUserTest {
  private static final String NOBODY = "65534";

  @TempDir Path folder;
  private final List<String> classPath = new ArrayList<>();
  private OwnerLock owner;

  /** What a command has said and how it has ended. */
  private record Said(int exit, String out, String err) {}

  @BeforeEach
  void begin() throws Exception {
    Needs.program("setpriv", "util-linux");
    assumeTrue(
        new ProcessBuilder("setpriv", "--reuid", NOBODY, "--clear-groups", "true").start().waitFor()
            == 0,
        "only root can be another user");
    open(folder);
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (Files.exists(Path.of(entry))) {
        classPath.add(copy(Path.of(entry), classPath.size()).toString());
      }
    }
    new CommandRun(folder)
        .conf(
            "http://127.0.0.1:1",
            "[event_dispatcher]",
            "dlq_path = closed/letters",
            "[action_executor]",
            "ledger_path = closed/ledger");
    Files.createDirectories(folder.resolve("closed/letters"));
    Path journal = Files.createDirectories(folder.resolve("journal"));
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    writeStatus("");
    close(journal);
    close(folder.resolve("closed"));
  }

  @AfterEach
  void end() {
    if (owner != null) {
      owner.close();
    }
  }

  @Test
  void areToldThatItIsNotPermittedAndNeverThatThereIsNothing() throws Exception {
    close(StatusFile.folderOf(folder.resolve("journal")));
    for (String command :
        new String[] {
          "status", "reload", "actions pending", "dlq stats", "dlq purge --all --yes"
        }) {
      Said said = run(command.split(" "));
      assertThat(said.exit).as(command + said).isEqualTo(1);
      assertThat(said.err).as(command).contains("is not permitted to the user nobody");
      assertThat(said.out).as(command).isEmpty();
    }
  }

  @Test
  void readTheStatusAloneWhereItsGroupIsTheirs() throws Exception {
    assertThat(run("status").err).contains("is not permitted to the user nobody");
    writeStatus(NOBODY);
    Said said = run("status");
    assertThat(said.exit).as(said.toString()).isZero();
    assertThat(said.out).contains("\"stale\" : false");
    assertThat(run("reload").err).contains("is not permitted to the user nobody");
  }

  @Test
  void areNotGivenAnotherConfigurationWhereTheServersIsClosed() throws Exception {
    close(folder.resolve("conf"));
    Said said = run("status");
    assertThat(said.exit).isEqualTo(1);
    assertThat(said.err)
        .contains(folder.resolve("conf/ai_bridge.conf") + " is not permitted to the user nobody");
  }

  /** What an operator sees who has changed the server's user and not handed its folders over. */
  @Test
  void areToldByCheckHowToHandTheFoldersOver() throws Exception {
    Said said = run("check");
    assertThat(said.exit).isEqualTo(1);
    assertThat(said.out)
        .contains(
            folder.resolve("journal")
                + " belongs to the user root and is closed to the user nobody",
            "chown -R nobody: " + folder.resolve("journal"));
  }

  private void writeStatus(String group) throws IOException {
    Path status = StatusFile.folderOf(folder.resolve("journal"));
    try (StatusFile file = new StatusFile(status, group)) {
      file.write("{\"state\":\"running\",\"problem\":\"\"}", System.currentTimeMillis());
    }
  }

  private Said run(String... args) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-cp"));
    command.add(String.join(File.pathSeparator, classPath));
    command.add(Main.class.getName());
    command.addAll(List.of(args));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** The class path lies where only its owner may go. */
  private Path copy(Path entry, int number) throws IOException {
    Path to = folder.resolve("lib" + number + (Files.isDirectory(entry) ? "" : ".jar"));
    Files.walkFileTree(
        entry,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(entry.relativize(from).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                from, from.equals(entry) ? to : to.resolve(entry.relativize(from).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
    return to;
  }

  private static void open(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void close(Path path) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }
}
