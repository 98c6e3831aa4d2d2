package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.torture.Behaviours;
import org.aibridge.torture.Script;
import org.aibridge.torture.ScriptedService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the umask, what the bridge makes is for its user alone. */
@Tag("slow")
@Timeout(120)
class PrivacyTest {
  private static final List<String> WITHOUT_UMASK =
      List.of("sh", "-c", "umask 000; exec \"$@\"", "sh");

  @TempDir Path folder;

  @BeforeEach
  void requireModes() {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no modes");
  }

  /** Events, dead letters, actions, an audit log, damage, kills, a status and a command folder. */
  @Test
  void makesEveryFileAndFolderForItsUserAloneWithoutAnyUmask() throws Exception {
    try (ScriptedService service = new ScriptedService(folder.resolve("commits"), 0)) {
      service.script(Script.always(Behaviours.refuse(n -> n % 50 == 5, 422, "bad")));
      for (int i = 0; i < 20; i++) {
        service.offer("action-" + i, "broadcast", "{\"message\":\"hi\"}");
      }
      Path conf =
          new ConfFile(Files.createDirectory(folder.resolve("server")), service.baseUrl())
              .remove("journal", "ring_path")
              .set("journal", "path", folder.resolve("server/made/too/journal"))
              .set("journal", "roll_mb", 1)
              .write();
      Files.setPosixFilePermissions(
          folder.resolve("server"), PosixFilePermissions.fromString("rwxrwxrwx"));
      List<Path> memory = new ArrayList<>();
      for (int life = 0; life < 3; life++) {
        try (ChildJvm child =
            ChildJvm.start(folder, WITHOUT_UMASK, List.of(), BridgeChild.class, conf.toString())) {
          child.ask("publish 2000");
          Waits.until("results", () -> service.results().size() >= 20);
          Waits.until(
              "a status",
              () -> Files.exists(journal().resolveSibling("journal-status/status.json")));
          Path ring = Path.of(Files.readString(journal().resolve("ring.place")));
          assertThat(ring).exists();
          memory.add(ring.getParent());
          requirePrivate(ring.getParent(), life);
          requirePrivate(folder.resolve("server"), life);
          if (life < 2) {
            child.kill();
          }
          if (life == 0) {
            damageNewest();
          }
        }
        requirePrivate(folder.resolve("server"), life);
      }
      assertThat(journal().resolve("quarantine")).isNotEmptyDirectory();
      assertThat(memory.get(0)).as("found again after a kill").isEqualTo(memory.get(1));
      assertThat(memory.get(0)).as("given back").doesNotExist();
      requirePrivate(folder.resolve("server"), 3);
    }
  }

  @Test
  void makesPrivateWhatAnEarlierVersionLeftReadableAndSaysSoInOneLine(
      @AiService FakeAiService service) throws Exception {
    ConfFile conf = new ConfFile(folder, service.baseUrl());
    AiBridge.start(conf.write()).close();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(p -> !p.equals(folder) && !p.equals(conf.path())).toList()) {
        Files.setPosixFilePermissions(
            path,
            PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxrwxrwx" : "rw-rw-rw-"));
      }
    }
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.path())) {
      assertThat(output.text().lines().filter(line -> line.contains("may no longer look into")))
          .singleElement()
          .asString()
          .contains(
              folder.resolve("journal") + " (",
              folder.resolve("dead-letters") + " (",
              folder.resolve("actions") + " (",
              folder.resolve("journal-status") + " (");
      assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
      Waits.untilNothingWaits(bridge);
    }
    requirePrivate(folder, 0);
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.path())) {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(output.text()).doesNotContain("may no longer look into");
    }
  }

  /** An operator may have named a folder that holds other things, such as the server's own. */
  @Test
  void leavesTheModesOfWhatIsNotItsOwn(@AiService FakeAiService service) throws Exception {
    Path mixed = Files.createDirectory(folder.resolve("mixed"));
    Path save = Files.writeString(mixed.resolve("players.db"), "precious");
    Files.setPosixFilePermissions(mixed, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(save, PosixFilePermissions.fromString("rw-rw-r--"));
    ConfFile conf = new ConfFile(folder, service.baseUrl()).set("journal", "path", mixed);
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(output.text())
          .contains("others may look into " + mixed, "players.db", "a folder of its own");
    }
    assertThat(mode(mixed)).isEqualTo("rwxr-xr-x");
    assertThat(mode(save)).isEqualTo("rw-rw-r--");
    assertThat(mode(mixed.resolve("owner.lock"))).isEqualTo("rw-------");
    assertThat(mode(mixed.resolve("commands"))).isEqualTo("rwx------");
    assertThat(save).hasContent("precious");
  }

  private Path journal() {
    return folder.resolve("server/made/too/journal");
  }

  private void damageNewest() throws IOException {
    try (Stream<Path> all = Files.list(journal())) {
      Path segment = all.filter(p -> p.toString().endsWith(".cq4")).sorted().findFirst().get();
      byte[] bytes = Files.readAllBytes(segment);
      byte[] wrong = "wrong".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(wrong, 0, bytes, bytes.length / 3, wrong.length);
      for (int at = 66_000; at < Math.min(bytes.length, 90_000); at += 4096) {
        System.arraycopy(wrong, 0, bytes, at, wrong.length);
      }
      Files.write(segment, bytes);
    }
  }

  /** All below {@code top}; {@code server} itself and its configuration are an operator's. */
  private void requirePrivate(Path top, int life) throws IOException {
    List<String> open = new ArrayList<>();
    try (Stream<Path> all = Files.walk(top)) {
      for (Path path : all.toList()) {
        boolean ours =
            !path.equals(folder)
                && !path.endsWith("server")
                && !path.endsWith("ai_bridge.conf")
                && !path.endsWith("socket");
        String wanted = Files.isDirectory(path) ? "rwx------" : "rw-------";
        if (ours && Files.exists(path) && !mode(path).equals(wanted)) {
          open.add(mode(path) + " " + path);
        }
      }
    } catch (java.io.UncheckedIOException gone) {
      assertThat(gone).hasRootCauseInstanceOf(java.nio.file.NoSuchFileException.class);
      requirePrivate(top, life);
    }
    assertThat(open).as("life " + life).isEmpty();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
