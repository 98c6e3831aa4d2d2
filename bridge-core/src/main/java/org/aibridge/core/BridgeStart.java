package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.spi.BridgeSetup;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigResult;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.journal.RingSeat;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.JdkPreload;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;
import org.aibridge.core.text.Lines;
import org.slf4j.Logger;

/**
 * Starts bridges, while the host waits or beside it. An operator's mistake leads to a bridge that
 * is off and one logged error.
 */
final class BridgeStart {
  private static final Logger log = Logs.of(BridgeStart.class);

  /** A close waits at most this long for the start, or {@code shutdown_timeout} if longer. */
  private static final Duration LEAST_WAIT = Duration.ofSeconds(5);

  private BridgeStart() {}

  /** Starts a bridge from a configuration that was already read. */
  @FunctionalInterface
  private interface Step {
    AiBridge start(BridgeConfig config) throws IOException;
  }

  /**
   * Starts a bridge.
   *
   * @param meanwhile true if the host goes on while the bridge starts
   */
  static AiBridge start(BridgeSetup setup, boolean meanwhile) {
    ConfigSource source = new ConfigSource(setup.configuration(), setup.settings());
    Listeners listeners = new Listeners(setup.onDelivered(), setup.onDead());
    return begin(source, config -> start(source, listeners, config, meanwhile));
  }

  private static AiBridge begin(ConfigSource source, Step step) {
    try {
      ConfigResult result = ConfigReader.read(source);
      result.warnings().forEach(log::warn);
      if (!result.config().bridge().enabled()) {
        log.info("the AI bridge is switched off by enabled = no in {}", source);
        return offBridge("switched off by enabled = no");
      }
      String missing = JvmFlags.sentence();
      return missing.isEmpty() ? step.start(result.config()) : off(missing, null);
    } catch (ConfigException e) {
      e.warnings().forEach(log::warn);
      return off(e.getMessage(), new Lines(e.getMessage()), null);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  private static AiBridge start(
      ConfigSource source, Listeners listeners, BridgeConfig config, boolean meanwhile) {
    Threads threads = Threads.OF_JVM;
    String name = Stages.nameOf(config) + " start";
    World world = World.ofJvm();
    RingSeat seat = meanwhile ? threads.apart(name, () -> early(config, world), () -> {}) : null;
    if (seat == null) {
      return threads.apart(name, () -> startHere(source, listeners, config, world, null), () -> {});
    }
    return new AsyncStart(
            name,
            seat.intake(),
            threads,
            longer(config.bridge().shutdownTimeout(), LEAST_WAIT),
            () -> startHere(source, listeners, config, world, seat))
        .begin();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /**
   * Makes a ring, and loads what publishing needs, before anything else of the start; null if that
   * fails: then the host waits for a start that says why, or does without.
   */
  private static RingSeat early(BridgeConfig config, World world) {
    try {
      JdkPreload.requireDescriptors();
      Warmup.publishOnce(world);
      return Stages.early(config, world);
    } catch (Throwable e) {
      log.debug("the start cannot go on beside the host: {}", Reason.of(e));
      return null;
    }
  }

  private static AiBridge startHere(
      ConfigSource source, Listeners listeners, BridgeConfig config, World world, RingSeat seat) {
    try {
      return CoreBridge.start(source, listeners, config, world, seat);
    } catch (Throwable e) {
      if (seat != null) {
        seat.close();
      }
      return failed(e);
    }
  }

  /** Starts a bridge for a host in another process; see {@link HostedBridge#start}. */
  static AiBridge startHosted(
      Path configuration, RingSeat.Attachment host, ActionHandler<Action> handler) {
    ConfigSource source = ConfigSource.of(configuration);
    World world = World.ofJvm();
    return begin(
        source,
        config -> {
          RingSeat seat = Stages.attached(config, world, host);
          AiBridge bridge = startHere(source, Listeners.NONE, config, world, seat);
          if (bridge instanceof CoreBridge core) {
            core.onOtherActions(handler);
          }
          return bridge;
        });
  }

  static OffBridge failed(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return off("memory or threads ran out at the start: " + e.getMessage(), null);
    }
    return e instanceof IOException
        ? off(Reason.sentence(e), null)
        : off("the start failed: " + Reason.of(e), Reason.trace(e));
  }

  /** Logs {@code problem} once, and returns a bridge that does nothing. */
  static OffBridge off(String problem, Throwable cause) {
    return off(problem, problem, cause);
  }

  private static OffBridge off(String problem, Object logged, Throwable cause) {
    log.error("the AI bridge is off, the game goes on without it: {}", logged, cause);
    return offBridge(problem);
  }

  private static OffBridge offBridge(String problem) {
    OffBridge bridge = new OffBridge(problem);
    // Loads the classes of statusJson() here, so that the game thread need not load them.
    bridge.statusJson();
    return bridge;
  }
}
