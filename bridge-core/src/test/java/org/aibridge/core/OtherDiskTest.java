package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.files.FolderPermissions;
import org.aibridge.core.files.OtherDisk;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.run.World;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bridge has the disk of the paths that it is given, and touches no other. */
class OtherDiskTest {
  @TempDir Path temp;
  private OtherDisk disk;

  @BeforeEach
  void make() {
    disk = new OtherDisk(temp);
  }

  @AfterEach
  void isNotTheMachines() {
    assertThat(Path.of(disk.path("").toString())).doesNotExist();
  }

  private JournalStage stage() throws Exception {
    return new JournalStage(
        new JournalStage.Settings(
            disk.path("journal"),
            new StoreLimits(1 << 20, 0, 0),
            4,
            new JournalStage.Ring(disk.path("a.ring"), 1000, 65_536),
            Duration.ofSeconds(1),
            List.of()),
        World.ofJvm(),
        () -> {});
  }

  @Test
  void keepsEventsThere() throws Exception {
    try (JournalStage stage = stage()) {
      assertThat(stage.intake().publish(GameEvent.dailyReset())).isTrue();
      assertThat(temp.resolve("a.ring")).exists();
      stage.duty().runOnce();
      stage.sync().runOnce();
      stage.journal().cursor().keep();
    }
    assertThat(temp.resolve("journal/cursor")).exists();
    try (JournalStage stage = stage()) {
      assertThat(stage.journal().carriedOver()).isEqualTo(1);
      assertThat(stage.journal().reader().next()).isTrue();
    }
  }

  @Test
  void findsThereWhatItsConfigurationNames() throws Exception {
    Files.writeString(temp.resolve("key"), "s3cret");
    Files.writeString(
        temp.resolve("ai_bridge.conf"),
        """
        [ai_service]
        base_url = http://127.0.0.1:1
        api_key_file = %1$s/key
        [journal]
        ring_path = %1$s/a.ring
        """
            .formatted(disk.path("")));
    BridgeConfig config = ConfigReader.read(disk.path("ai_bridge.conf"), Map.of()).config();
    assertThat(config.aiService().apiKey().isPresent()).isTrue();
    assertThat(
            List.of(
                config.journal().path(),
                config.journal().ringPath(),
                config.deadLetters().path(),
                config.actionExecutor().ledgerPath()))
        .extracting(Path::getFileSystem)
        .containsOnly(disk);
    Files.writeString(temp.resolve("old.conf"), "import: more.conf\n");
    Files.writeString(temp.resolve("more.conf"), "ai_dead_letter_file: letters.log\n");
    assertThatThrownBy(() -> ConfigReader.read(disk.path("old.conf"), Map.of()))
        .hasMessageContaining("is required")
        .hasMessageNotContaining("there is no such file");
  }

  @Test
  void keepsLettersAndTheStatusThere() throws Exception {
    DeadLetterStore.Limits limits =
        new DeadLetterStore.Limits(1 << 20, 0, Duration.ofDays(1), Duration.ofDays(1), true);
    DeadLetterStore.open(disk.path("letters"), limits, World.ofJvm()).close();
    try (StatusFile status = new StatusFile(disk.path("status"))) {
      status.write("{\"a\":1}", 1);
      status.write("{\"a\":2}", 2);
    }
    assertThat(temp.resolve("letters/format")).exists();
    assertThat(Files.readString(temp.resolve("status/status.json"))).contains("\"a\":2}");
    FolderPermissions.Folder folder =
        new FolderPermissions.Folder("path", disk.path("letters"), false, true);
    assertThat(new FolderPermissions(List.of(folder)).tighten(new ArrayList<>())).isEmpty();
  }
}
