package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class UnusableFolderTest {
  @TempDir Path folder;

  private ConfFile conf;

  @BeforeEach
  void describeBridge() {
    conf = new ConfFile(folder, "http://127.0.0.1:1").set("bridge", "shutdown_timeout", 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal", "dead-letters", "actions", "intake.ring"})
  void isOffWhenAFileLiesInAFoldersPlace(String name) throws IOException {
    Path place = folder.resolve(name);
    if (name.equals("intake.ring")) {
      Files.createDirectories(place.resolve("x"));
    } else {
      Files.writeString(place, "not a folder");
    }
    if (name.equals("intake.ring")) {
      assertOff(name);
    } else {
      assertOff(place + " is a file where a folder is needed");
    }
    delete(place);
    assertStartsWell();
  }

  @Test
  void isOffWhenTheFolderCannotBeWritten() throws IOException {
    Path journal = Files.createDirectory(folder.resolve("journal"));
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeTrue(!Files.isWritable(journal), "this user may write everywhere");
    assertOff("journal");
    Files.setPosixFilePermissions(journal, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertStartsWell();
  }

  @Test
  void isOffWhenTheFolderLiesWhereNothingCanBeMade() throws IOException {
    conf.set("journal", "path", "/proc/ai_bridge/journal");
    assertOff("/proc/ai_bridge");
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal", "dead-letters", "actions", "intake.ring"})
  void isOffWhenAnotherBridgeOfThisProcessHasAFolder(String name) throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("other"));
    ConfFile other =
        new ConfFile(elsewhere, "http://127.0.0.1:1").set("bridge", "shutdown_timeout", 100);
    String section =
        switch (name) {
          case "journal" -> "journal path";
          case "actions" -> "action_executor ledger_path";
          case "intake.ring" -> "journal ring_path";
          default -> "event_dispatcher dlq_path";
        };
    String[] key = section.split(" ");
    other.set(key[0], key[1], folder.resolve(name));
    try (AiBridge owner = AiBridge.start(other.write())) {
      assertThat(owner.status().initialized()).isTrue();
      int threads = Traces.threads().size();
      try (ErrorOutput output = new ErrorOutput();
          AiBridge second = AiBridge.start(conf.write())) {
        assertThat(second.status().state()).isEqualTo(BridgeState.OFF);
        assertThat(second.status().problem())
            .contains(folder.resolve(name).toString(), "another bridge in this process");
        assertThat(output.errors()).hasSize(1);
      }
      assertThat(Traces.threads()).hasSize(threads);
      assertThat(owner.publish(GameEvent.dailyReset())).isTrue();
    }
    assertStartsWell();
  }

  @Test
  void namesTheProcessThatHasTheFolder(@AiService FakeAiService service) throws Exception {
    conf.set("ai_service", "base_url", service.baseUrl()).write();
    try (ChildJvm child = ChildJvm.start(folder, BridgeChild.class, conf.path().toString())) {
      child.ask("status");
      assertOff("in use by the process " + child.pid());
      child.ask("close");
    }
    assertStartsWell();
  }

  private void assertOff(String... words) throws IOException {
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem()).contains(words).contains(" ");
      assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
      assertThat(output.errors()).hasSize(1);
      assertThat(output.text()).contains(words).doesNotContain("\tat ");
    }
    Traces.untilNoThreadIsLeft();
    Traces.untilNoFileIsOpen(folder);
  }

  private void assertStartsWell() {
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().problem()).isEmpty();
      assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
    }
    Traces.untilNoThreadIsLeft();
  }

  private static void delete(Path place) throws IOException {
    if (Files.isDirectory(place)) {
      Files.delete(place.resolve("x"));
    }
    Files.delete(place);
  }
}
