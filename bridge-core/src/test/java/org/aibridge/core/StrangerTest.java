package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another user of the machine tries, as that user. */
@Tag("slow")
@Timeout(120)
class StrangerTest {
  private static final int NOBODY = 65534;
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  @TempDir Path folder;
  private final List<Path> left = new ArrayList<>();
  private ConfFile conf;

  @BeforeEach
  void begin(@AiService FakeAiService service) throws Exception {
    assumeTrue(succeedsAsStranger("true"), "only root can be another user");
    assumeTrue(Files.isWritable(SHARED_MEMORY), "no shared memory here");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    conf = new ConfFile(folder, service.baseUrl()).remove("journal", "ring_path");
  }

  @AfterEach
  void clean() throws IOException {
    for (Path path : left) {
      Files.deleteIfExists(path);
    }
  }

  @Test
  void readsAndLocksNothingOfIt() throws Exception {
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      bridge.publish(GameEvent.monsterKill(1, "prontera", 1002));
      Waits.untilNothingWaits(bridge);
      Path memory = Path.of(Files.readString(folder.resolve("journal/ring.place"))).getParent();
      List<Path> all = new ArrayList<>();
      for (String top : List.of("journal", "dead-letters", "actions", "journal-status")) {
        all.addAll(walk(folder.resolve(top)));
      }
      all.addAll(walk(memory));
      assertThat(all).hasSizeGreaterThan(12).anyMatch(path -> path.endsWith("intake.ring"));
      for (Path path : all) {
        assertThat(succeedsAsStranger("ls '" + path + "' && cat '" + path + "'"))
            .as("reads " + path)
            .isFalse();
        assertThat(succeedsAsStranger("exec 9<>'" + path + "'")).as("opens " + path).isFalse();
      }
    }
  }

  /** The place of an earlier ring, whose name anybody can work out. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "touch %s",
        "mkdir %s",
        "mkfifo %s",
        "ln -s /no/such %s",
        "touch %s.lock",
        "ln -s /no/such %s.lock",
        "mkfifo %s.lock",
        "mkdir %s.lock",
        "mkfifo %s.new",
        "mkdir %s.left"
      })
  void keepsNoStartFromSharedMemory(String attack) throws Exception {
    Path old = noted();
    left.addAll(
        List.of(
            old,
            old.resolveSibling(old.getFileName() + ".lock"),
            old.resolveSibling(old.getFileName() + ".new"),
            old.resolveSibling(old.getFileName() + ".left")));
    asStranger(attack.formatted(old));
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(bridge.status().durability().ringCost()).isEmpty();
      assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
      Waits.untilNothingWaits(bridge);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"touch %s", "mkdir %s", "mkfifo %s", "ln -s /no/such %s", "ln -s /tmp %s"})
  void isPassedByWhereItHasTakenTheNotedName(String attack) throws Exception {
    Path journal = PrivateFiles.makeFolder(folder.resolve("journal"));
    Path noted = SHARED_MEMORY.resolve("aibridge-0123456789abcdef0123456789abcdef");
    left.add(noted);
    Files.writeString(journal.resolve("memory.place"), noted + "\n");
    Files.writeString(journal.resolve("ring.place"), noted.resolve("intake.ring").toString());
    asStranger(attack.formatted(noted));
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(bridge.status().durability().ringCost()).isEmpty();
      assertThat(Path.of(Files.readString(journal.resolve("ring.place"))))
          .exists()
          .matches(ring -> ring.startsWith(SHARED_MEMORY) && !ring.startsWith(noted));
    }
    assertThat(Files.exists(noted, LinkOption.NOFOLLOW_LINKS)).as("is left").isTrue();
  }

  @Test
  void forgesNoEvents(@AiService FakeAiService service) throws Exception {
    Path old = noted();
    left.add(old);
    Intake forged = Intake.create(old, 1000, 65536, new Refusals());
    for (int i = 0; i < 25; i++) {
      assertThat(forged.publish(GameEvent.custom("forged", 1, "prontera", "{\"k\":1}"))).isTrue();
    }
    Files.setAttribute(old, "unix:uid", NOBODY);
    start(service, old);
    // Ours by its owner, but somebody else could have written it.
    Files.setAttribute(old, "unix:uid", Files.getAttribute(folder, "unix:uid"));
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-rw-rw-"));
    start(service, old);
    // A second name of a file of ours.
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-------"));
    Path second = SHARED_MEMORY.resolve(old.getFileName() + ".second");
    left.add(second);
    Files.createLink(second, old);
    start(service, old);
    Files.delete(second);
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().events().carriedOver()).as("ours beyond doubt").isEqualTo(25);
      Waits.untilNothingWaits(bridge);
    }
  }

  private void start(FakeAiService service, Path ring) throws IOException {
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(bridge.status().events().carriedOver()).isZero();
      assertThat(output.errors()).singleElement().asString().contains(ring.toString());
    }
    assertThat(ring).exists();
    assertThat(service.receivedEventIds()).isEmpty();
  }

  @Test
  void doesNotKeepTheBridgeOffByAFileAtAConfiguredRing() throws Exception {
    Path ring = SHARED_MEMORY.resolve("stranger-test-" + ProcessHandle.current().pid() + ".ring");
    left.add(ring);
    asStranger("touch " + ring);
    conf.set("journal", "ring_path", ring);
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(output.errors())
          .singleElement()
          .asString()
          .contains(ring + " is taken by another user");
    }
    assertThat(ring).isEmptyFile();
  }

  /** In a folder that an operator left open: an event must not come from somebody else's file. */
  @Test
  void hasNoFileOfItsOwnTakenForTheJournals() throws Exception {
    AiBridge.start(conf.write()).close();
    Path journal = folder.resolve("journal");
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path forged = journal.resolve("19700101-0900.cq4");
    asStranger("cat /etc/passwd > " + forged + "; chmod 666 " + forged);
    try (AiBridge bridge = AiBridge.start(conf.path())) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem())
          .contains(forged + " belongs to the user nobody", "chown -R ");
    }
    Files.delete(forged);
    asStranger("test -w " + journal + " && echo no > " + journal + "/cursor.new; true");
    assertThat(journal.resolve("cursor.new")).doesNotExist();
    AiBridge.start(conf.path()).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cursor", "actions-ledger.note", "ring.place", "memory.place"})
  void hangsNoStartByAPipe(String name) throws Exception {
    Path journal = Files.createDirectory(folder.resolve("journal"));
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rwxrwxrwx"));
    asStranger("mkfifo -m 666 " + journal.resolve(name));
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem())
          .contains(journal.resolve(name) + " is no file", "rm -r " + journal.resolve(name));
    }
  }

  /** In the folder that he owns he could put anything in the moment of a start. */
  @ParameterizedTest
  @ValueSource(strings = {"journal", "dead-letters", "actions"})
  void isNotGivenWhatTheBridgeKeepsByAFolderThatHeHasMade(String name) throws Exception {
    Path his = folder.resolve(name);
    for (String attack : List.of("mkdir -m 777 %s", "ln -s /tmp %s")) {
      asStranger(attack.formatted(his));
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
        assertThat(bridge.status().problem()).startsWith(his + " ").contains("the user nobody");
      }
      assertThat(walk(his)).as("nothing of ours is there").hasSize(1);
      Files.delete(his);
    }
    asStranger("mkdir -m 777 " + his + "; touch " + his + "/x");
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).contains("to a folder of its own");
    }
    asStranger("rm -r " + his);
    AiBridge.start(conf.write()).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mkdir -m 777 %s", "ln -s %s.his %s", "mkfifo %s"})
  void hasNoStatusPutWhereHeWantsAndKeepsNoBridgeOffByIt(String attack) throws Exception {
    Path status = folder.resolve("journal-status");
    Path victim =
        Files.createDirectory(folder.resolve("journal-status.his")).resolve("status.json");
    Files.writeString(victim, "precious");
    asStranger(attack.replace("%s", status.toString()));
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      Waits.until("a warning", () -> output.text().contains("the status file cannot be written"));
    }
    assertThat(victim).hasContent("precious");
    assertThat(victim.getParent().toFile().list()).containsExactly("status.json");
    assertThat(status.toFile().list()).isIn(null, new String[0], new String[] {"status.json"});
  }

  /** What he put there while the folder was open to him. */
  @Test
  void hasNothingOverwrittenThroughWhatHeLeftAtTheStatusNames() throws Exception {
    Path status = PrivateFiles.makeFolder(folder.resolve("journal-status"));
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    for (String name : List.of("status.json", "status.json.1", "status.json.2")) {
      Path link = Files.createSymbolicLink(status.resolve(name), victim);
      Files.setAttribute(link, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    }
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      Waits.until(
          "a status",
          () -> Files.isRegularFile(status.resolve("status.json"), LinkOption.NOFOLLOW_LINKS));
    }
    assertThat(victim).hasContent("precious");
  }

  @Test
  void isDoneNoCommandOfInAFolderThatIsItsOwn() throws Exception {
    Path journal = PrivateFiles.makeFolder(folder.resolve("journal"));
    Path commands = Files.createDirectory(journal.resolve("commands"));
    Files.setAttribute(commands, "unix:uid", NOBODY);
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.write())) {
      Waits.until("a warning", () -> output.text().contains("commands cannot be taken"));
      assertThat(output.text()).contains(commands + " belongs to another user", "chown -R ");
      assertThat(bridge.status().problem()).isEmpty();
    }
    assertThat(commands).isEmptyDirectory();
  }

  private static List<Path> walk(Path top) throws IOException {
    try (Stream<Path> all = Files.walk(top)) {
      return all.toList();
    }
  }

  /** Has the journal's note name a place in shared memory, and returns the place. */
  private Path noted() throws IOException {
    Path journal = PrivateFiles.makeFolder(folder.resolve("journal"));
    Path place = SHARED_MEMORY.resolve("noted-" + ProcessHandle.current().pid() + ".ring");
    Files.writeString(journal.resolve("ring.place"), place.toString());
    return place;
  }

  private static void asStranger(String command) throws Exception {
    assertThat(succeedsAsStranger(command)).as(command).isTrue();
  }

  private static boolean succeedsAsStranger(String command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(
                  "setpriv",
                  "--reuid",
                  "" + NOBODY,
                  "--regid",
                  "" + NOBODY,
                  "--clear-groups",
                  "sh",
                  "-c",
                  command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(command).isTrue();
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
