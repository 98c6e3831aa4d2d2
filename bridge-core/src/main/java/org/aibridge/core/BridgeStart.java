package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Path;
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

  private BridgeStart() {}

  /**
   * Starts a bridge.
   *
   * @param meanwhile true if the host goes on while the bridge starts
   */
  static AiBridge start(BridgeSetup setup, boolean meanwhile) {
    ConfigSource source = new ConfigSource(setup.configuration(), setup.settings());
    try {
      ConfigResult result = ConfigReader.read(source);
      result.warnings().forEach(log::warn);
      if (!result.config().bridge().enabled()) {
        log.info("the AI bridge is switched off by enabled = no in {}", source);
        return offBridge("switched off by enabled = no");
      }
      Listeners listeners = new Listeners(setup.onDelivered(), setup.onDead());
      return start(source, listeners, result.config(), meanwhile);
    } catch (ConfigException e) {
      e.warnings().forEach(log::warn);
      return off(e.getMessage(), new Lines(e.getMessage()), null);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  private static AiBridge start(
      ConfigSource source, Listeners listeners, BridgeConfig config, boolean meanwhile) {
    String missing = JvmFlags.sentence();
    if (!missing.isEmpty()) {
      return off(missing, null);
    }
    Threads threads = Threads.OF_JVM;
    String name = Stages.nameOf(config) + " start";
    World world = World.ofJvm();
    RingSeat seat = meanwhile ? threads.apart(name, () -> early(config, world), () -> {}) : null;
    if (seat == null) {
      return threads.apart(name, () -> startHere(source, listeners, config, world, null), () -> {});
    }
    return new AsyncStart(
            name, seat.intake(), threads, () -> startHere(source, listeners, config, world, seat))
        .begin();
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

  /** Starts the bridge of a host in another process; see {@link HostedBridge#start}. */
  static AiBridge startHosted(
      Path configuration, RingSeat.Attachment host, ActionHandler<Action> handler) {
    ConfigSource source = ConfigSource.of(configuration);
    try {
      ConfigResult result = ConfigReader.read(source);
      result.warnings().forEach(log::warn);
      BridgeConfig config = result.config();
      String missing = JvmFlags.sentence();
      if (!missing.isEmpty() || !config.bridge().enabled()) {
        return off(missing.isEmpty() ? "switched off by enabled = no" : missing, null);
      }
      World world = World.ofJvm();
      CoreBridge bridge =
          CoreBridge.start(
              source, Listeners.NONE, config, world, Stages.attached(config, world, host));
      bridge.onOtherActions(handler);
      return bridge;
    } catch (ConfigException e) {
      return off(e.getMessage(), new Lines(e.getMessage()), null);
    } catch (Throwable e) {
      return failed(e);
    }
  }

  static OffBridge failed(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return off("memory or threads ran out at the start: " + e.getMessage(), null);
    }
    return e instanceof IOException
        ? off(Reason.sentence(e), null)
        : off("the start failed: " + Reason.of(e), Reason.trace(e));
  }

  /** Logs one error, and returns a bridge that does nothing. */
  static OffBridge off(String problem, Throwable cause) {
    return off(problem, problem, cause);
  }

  private static OffBridge off(String problem, Object logged, Throwable cause) {
    log.error("the AI bridge is off, the game goes on without it: {}", logged, cause);
    return offBridge(problem);
  }

  private static OffBridge offBridge(String problem) {
    OffBridge bridge = new OffBridge(problem);
    // Loads the classes that the game thread would otherwise load when it first asks for the
    // status.
    bridge.statusJson();
    return bridge;
  }
}
