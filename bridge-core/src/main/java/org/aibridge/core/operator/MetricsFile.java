package org.aibridge.core.operator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.metrics.MetricsReading;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * The metrics as a file for Prometheus's node exporter, whole at any moment. For the thread that
 * writes the status.
 */
public final class MetricsFile {
  private static final Logger log = Logs.of(MetricsFile.class);

  /** Scrapes come every ten seconds at the most. */
  private static final long WRITE_EVERY_NANOS = 5_000_000_000L;

  private final Supplier<BridgeConfig> config;
  private final World world;
  private final LogThrottle throttle;
  private long nextNanos;

  /** Creates the file's writer; the settings say where the file is, and whether there is one. */
  public MetricsFile(Supplier<BridgeConfig> config, World world) {
    this.config = config;
    this.world = world;
    this.throttle = new LogThrottle(world.clock());
    this.nextNanos = world.clock().nanos();
  }

  /**
   * Writes the metrics of a status, unless they were written a moment ago. Never throws.
   *
   * @param last whether no other will come
   */
  void write(String statusJson, boolean last) {
    Path folder = config.get().metrics().textfile();
    long now = world.clock().nanos();
    if (folder == null || !last && now - nextNanos < 0) {
      return;
    }
    nextNanos = now + WRITE_EVERY_NANOS;
    String name = "aibridge_" + config.get().bridge().serverId();
    try {
      String text = MetricsReading.of(statusJson, world.wallMs().getAsLong()).prometheusText();
      PrivateFiles.publish(
          folder.resolve(name + ".prom"),
          folder.resolve("." + name + ".new"),
          text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throttle.run(
          "write", () -> log.warn("[metrics] textfile cannot be written: {}", Reason.sentence(e)));
    } catch (Throwable e) {
      throttle.run("fail", () -> log.warn("[metrics] textfile: {}", Reason.of(e)));
    }
  }
}
