package org.aibridge.core.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private Path exporters;
  private MetricsFile file;
  private BridgeConfig config;

  @BeforeEach
  void open() throws Exception {
    exporters = folder.resolve("exporters");
    Path conf = folder.resolve("ai_bridge.conf");
    Files.writeString(
        conf,
        """
        [bridge]
        server_id = map1
        [ai_service]
        base_url = http://127.0.0.1:1
        [metrics]
        textfile = %s
        """
            .formatted(exporters));
    config = ConfigReader.read(conf).config();
    file = new MetricsFile(() -> config, World.of(clock));
  }

  /** Else the exporter would serve for ever what was true when it was written. */
  @Test
  void goesOnceAReloadNamesNoFolder() throws Exception {
    Files.createDirectory(exporters);
    file.write(status(1), false);
    Path conf = folder.resolve("without.conf");
    Files.writeString(
        conf, "[bridge]\nserver_id = map1\n[ai_service]\nbase_url = http://127.0.0.1:1\n");
    config = ConfigReader.read(conf).config();
    file.write(status(2), false);
    assertThat(exporters.resolve("aibridge_map1.prom")).doesNotExist();
  }

  @Test
  void isReadableForTheExporterWhichIsAnotherUser() throws Exception {
    Files.createDirectory(exporters);
    file.write(status(1), false);
    Path written = exporters.resolve("aibridge_map1.prom");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(written)))
        .isEqualTo("rw-r--r--");
    assertThat(waiting()).isEqualTo("1");
    try (Stream<Path> all = Files.list(exporters)) {
      assertThat(all).as("nothing is left beside it").containsExactly(written);
    }
  }

  @Test
  void isWrittenEveryFiveSecondsAndAtTheEnd() throws Exception {
    Files.createDirectory(exporters);
    file.write(status(1), false);
    clock.advanceMs(4_999);
    file.write(status(2), false);
    assertThat(waiting()).isEqualTo("1");
    clock.advanceMs(1);
    file.write(status(3), false);
    assertThat(waiting()).isEqualTo("3");
    file.write(status(4), true);
    assertThat(waiting()).isEqualTo("4");
  }

  /** The exporter's folder is not the bridge's to make, and may come later. */
  @Test
  void waitsForAFolderThatIsMissing() throws Exception {
    file.write(status(1), false);
    assertThat(exporters).doesNotExist();
    Files.createDirectory(exporters);
    clock.advanceMs(5_000);
    file.write(status(2), false);
    assertThat(waiting()).isEqualTo("2");
  }

  /** Whoever else may write into the folder has the bridge write to no other place. */
  @Test
  void followsNoLinkThatSomebodyHasPutInItsPlace() throws Exception {
    Files.createDirectory(exporters);
    Path other = Files.writeString(folder.resolve("other"), "as it was");
    Files.createSymbolicLink(exporters.resolve(".aibridge_map1.new"), other);
    Files.createSymbolicLink(exporters.resolve("aibridge_map1.prom"), other);
    file.write(status(1), false);
    assertThat(other).hasContent("as it was");
    assertThat(waiting()).isEqualTo("1");
  }

  private String waiting() throws Exception {
    String name = "aibridge_events_waiting{server=\"map1\"} ";
    return Files.readAllLines(exporters.resolve("aibridge_map1.prom")).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElse("none");
  }

  private static String status(int waiting) {
    return "{\"server_id\":\"map1\",\"event_dispatcher\":{\"current_size\":" + waiting + "}}";
  }
}
