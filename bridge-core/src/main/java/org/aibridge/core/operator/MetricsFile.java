package org.aibridge.core.operator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.metrics.MetricsReading;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * The metrics as a file for Prometheus's node exporter, whole at any moment. For one thread, but
 * for {@link #isWanted}.
 */
public final class MetricsFile {
  private static final Logger log = Logs.of(MetricsFile.class);

  /** The time between two writes, in ns; scrapes are at least ten seconds apart. */
  private static final long WRITE_EVERY_NANOS = 5_000_000_000L;

  private final Supplier<BridgeConfig> config;
  private final World world;
  private final LogThrottle throttle;
  private volatile long nextNanos;

  /** The file that was written last; null if there is none. */
  private volatile Path written;

  /** Creates a writer; the settings say where the file is, or that there is none. */
  public MetricsFile(Supplier<BridgeConfig> config, World world) {
    this.config = config;
    this.world = world;
    this.throttle = new LogThrottle(world.clock());
    this.nextNanos = world.clock().nanos();
  }

  /** True if {@link #write} has something to do now. Any thread; never blocks. */
  boolean isWanted(boolean last) {
    Path folder = config.get().metrics().textfile();
    return folder == null ? written != null : last || world.clock().nanos() - nextNanos >= 0;
  }

  /**
   * Writes the metrics of a status, unless they were written a moment ago. Never throws.
   *
   * @param last whether no other will come
   */
  void write(String statusJson, boolean last) {
    Path folder = config.get().metrics().textfile();
    long now = world.clock().nanos();
    String name = "aibridge_" + config.get().bridge().serverId();
    Path file = folder == null ? null : folder.resolve(name + ".prom");
    forgetUnless(file);
    if (folder == null || !last && now - nextNanos < 0) {
      return;
    }
    nextNanos = now + WRITE_EVERY_NANOS;
    try {
      String text = MetricsReading.of(statusJson, world.wallMs().getAsLong()).prometheusText();
      PrivateFiles.publish(
          file, folder.resolve("." + name + ".new"), text.getBytes(StandardCharsets.UTF_8));
      written = file;
    } catch (IOException e) {
      throttle.run(
          "write", () -> log.warn("[metrics] textfile cannot be written: {}", Reason.sentence(e)));
    } catch (Throwable e) {
      throttle.run("fail", () -> log.warn("[metrics] textfile: {}", Reason.of(e)));
    }
  }

  /** Deletes the old file if a reload changed or removed its path, since it would look current. */
  private void forgetUnless(Path file) {
    if (written == null || written.equals(file)) {
      return;
    }
    try {
      Disk.deleteIfExists(written);
    } catch (IOException e) {
      log.warn("[metrics] textfile: the old file stays: {}", Reason.sentence(e));
    }
    written = null;
  }
}
