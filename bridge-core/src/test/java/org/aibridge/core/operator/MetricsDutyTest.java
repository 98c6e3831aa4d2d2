package org.aibridge.core.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MetricsDutyTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private BridgeConfig config;

  @BeforeEach
  void configure() throws Exception {
    Path conf = folder.resolve("ai_bridge.conf");
    Files.writeString(
        conf,
        "[bridge]\nserver_id = map1\n[ai_service]\nbase_url = http://127.0.0.1:1\n[metrics]\n"
            + "textfile = "
            + folder);
    config = ConfigReader.read(conf).config();
  }

  /** Hangs where a disk would, until it goes on. */
  private MetricsDuty hanging() {
    World world = World.of(clock);
    World slow =
        new World(
            clock,
            () -> {
              hangs.countDown();
              try {
                goesOn.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return 1;
            },
            world.threads(),
            world.chance(),
            world.moments(),
            world.once());
    return new MetricsDuty(new MetricsFile(() -> config, slow), world, "metrics");
  }

  @Test
  void keepsNobodyWaitingForADiskThatHangsAndWritesTheLatestBehindIt() throws Exception {
    MetricsDuty duty = hanging();
    duty.give(status(1), false);
    hangs.await();
    duty.give(status(2), false); // Returns, or the test does not.
    duty.give(status(3), true);
    goesOn.countDown();
    await().until(() -> Files.exists(written()) && waiting().equals("3"));
    duty.close();
  }

  @Test
  void closesThoughTheDiskHangs() throws Exception {
    MetricsDuty duty = hanging();
    duty.give(status(1), false);
    hangs.await();
    duty.close();
    assertThat(written()).doesNotExist();
    goesOn.countDown();
    await().until(MetricsDutyTest::hasNoThread); // Which would write where the folder goes.
  }

  private static boolean hasNoThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().equals("metrics"));
  }

  @Test
  void hasNoThreadWithoutAFile() throws Exception {
    Files.writeString(folder.resolve("none.conf"), "[ai_service]\nbase_url = http://127.0.0.1:1\n");
    config = ConfigReader.read(folder.resolve("none.conf")).config();
    MetricsDuty duty = hanging();
    duty.give(status(1), false);
    assertThat(hasNoThread()).isTrue();
    duty.close();
  }

  private Path written() {
    return folder.resolve("aibridge_map1.prom");
  }

  private String waiting() throws Exception {
    return Files.readString(written())
        .replaceAll("(?s).*aibridge_events_waiting\\{server=\"map1\"} ([0-9]+).*", "$1");
  }

  private static String status(int waiting) {
    return "{\"server_id\":\"map1\",\"event_dispatcher\":{\"current_size\":" + waiting + "}}";
  }
}
