package org.aibridge.core.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.status.StatusFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorDutyTest {
  @TempDir Path folder;

  /** Else the files that it has just closed are open again, over those of the next bridge. */
  @Test
  void writesNothingAfterAReloadsAnswerHasClosedIt() throws Exception {
    ManualClock clock = new ManualClock();
    Path file = folder.resolve("ai_bridge.conf");
    Files.writeString(file, "[ai_service]\nbase_url = http://127.0.0.1:1\n");
    LiveConfig config = new LiveConfig(ConfigSource.of(file), ConfigReader.read(file).config());
    Reloads reloads = new Reloads(config, accepted -> {});
    AtomicInteger rendered = new AtomicInteger();
    OperatorDuty duty =
        new OperatorDuty(
            new CommandBox(folder, clock, clock::epochMs),
            reloads,
            new StatusFile(folder.resolve("status")),
            new MetricsDuty(
                new MetricsFile(config::get, World.of(clock)), World.of(clock), "metrics"),
            () -> "{\"n\":" + rendered.incrementAndGet() + "}",
            () -> {},
            World.of(clock));
    duty.runOnce();
    assertThat(rendered).hasValue(1);

    reloads
        .ask()
        .thenAccept(
            result -> {
              duty.close();
              clock.advanceMs(2000); // The next status is due before the slice goes on.
            });
    duty.runOnce();
    assertThat(rendered).as("the one at the end alone").hasValue(2);
  }
}
