package org.aibridge.core.notify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeathStats;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * Looks at each status for news, and has them sent if the settings name somebody to tell. For the
 * thread that writes the status, which waits for the disk of the memory alone.
 */
public final class AlarmWatch implements AutoCloseable {
  private static final Logger log = Logs.of(AlarmWatch.class);
  private static final String FILE = "notify.json";
  private static final int MAX_BYTES = 1 << 16;

  /** After this many failed reads, one a second, the memory counts as empty. */
  static final int MOST_READS = 30;

  private final Supplier<BridgeConfig> config;
  private final Supplier<List<DeathStats.Kind>> kinds;
  private final Path file;
  private final World world;
  private final LogThrottle throttle;
  private final AlarmSender sender;
  private AlarmMemory memory;
  private Alarms alarms;
  private String kept = "";
  private int reads;

  /**
   * Creates a watch.
   *
   * @param kinds the kinds of dead letters there have been since the start
   * @param folder where what was told is noted
   * @param threadName the name of the thread that sends
   */
  public AlarmWatch(
      Supplier<BridgeConfig> config,
      Supplier<List<DeathStats.Kind>> kinds,
      Path folder,
      Transport transport,
      World world,
      String threadName) {
    this.config = config;
    this.kinds = kinds;
    this.file = folder.resolve(FILE);
    this.world = world;
    this.throttle = new LogThrottle(world.clock());
    this.sender = new AlarmSender(() -> config.get().notifications(), transport, world, threadName);
  }

  /** Checks {@code status} for news. Never throws. */
  public void look(BridgeStatus status) {
    if (!config.get().notifications().isSet()) {
      return;
    }
    try {
      if (alarms == null && !begin()) {
        return; // Starting afresh would repeat old alarms; a shortage may end soon.
      }
      sender.resume();
      alarms
          .next(status, kinds.get(), world.clock().nanos(), world.wallMs().getAsLong())
          .ifPresent(sender::send);
      keep();
    } catch (Throwable e) {
      throttle.run("look", () -> log.warn("nobody is told of troubles now: {}", Reason.of(e)));
    }
  }

  /** Reads what was reported before; false if the reading must be tried again. */
  private boolean begin() {
    String told = "{}";
    try {
      if (Disk.exists(file)) {
        told = new String(PrivateFiles.readAll(file, MAX_BYTES), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      if (++reads < MOST_READS) {
        return false;
      }
      throttle.run("read", () -> log.warn("what was told is forgotten: {}", Reason.sentence(e)));
    }
    memory = AlarmMemory.of(told);
    kept = memory.json();
    alarms = new Alarms(memory, world.clock().nanos());
    return true;
  }

  private void keep() {
    String now = memory.json();
    if (now.equals(kept)) {
      return;
    }
    try {
      Path fresh = file.resolveSibling(FILE + ".new");
      PrivateFiles.replace(file, fresh, now.getBytes(StandardCharsets.UTF_8));
      kept = now; // Else the next look tries again.
    } catch (IOException e) {
      throttle.run(
          "keep",
          () -> log.warn("after a restart troubles may be told again: {}", Reason.sentence(e)));
    }
  }

  /** Stops sending. */
  @Override
  public void close() {
    sender.close();
  }
}
