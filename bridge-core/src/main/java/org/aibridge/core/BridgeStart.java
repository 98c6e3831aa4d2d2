package org.aibridge.core;

import java.io.IOException;
import org.aibridge.api.AiBridge;
import org.aibridge.api.spi.BridgeSetup;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigResult;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;
import org.aibridge.core.text.Lines;
import org.slf4j.Logger;

/** Starts bridges. An operator's mistake leads to a bridge that is off and one logged error. */
final class BridgeStart {
  private static final Logger log = Logs.of(BridgeStart.class);

  private BridgeStart() {}

  static AiBridge start(BridgeSetup setup) {
    ConfigSource source = new ConfigSource(setup.configuration(), setup.settings());
    try {
      ConfigResult result = ConfigReader.read(source);
      result.warnings().forEach(log::warn);
      if (!result.config().bridge().enabled()) {
        log.info("the AI bridge is switched off by enabled = no in {}", source);
        return offBridge("switched off by enabled = no");
      }
      return start(source, new Listeners(setup.onDelivered(), setup.onDead()), result.config());
    } catch (ConfigException e) {
      e.warnings().forEach(log::warn);
      return off(e.getMessage(), new Lines(e.getMessage()), null);
    } catch (OutOfMemoryError e) {
      return off("memory or threads ran out at the start: " + e.getMessage(), null);
    } catch (Throwable e) {
      return off("the start failed: " + Reason.of(e), Reason.trace(e));
    }
  }

  private static AiBridge start(ConfigSource source, Listeners listeners, BridgeConfig config) {
    String missing = JvmFlags.sentence();
    if (!missing.isEmpty()) {
      return off(missing, null);
    }
    String name = Stages.nameOf(config) + " start";
    return Threads.OF_JVM.apart(name, () -> startHere(source, listeners, config), () -> {});
  }

  private static AiBridge startHere(ConfigSource source, Listeners listeners, BridgeConfig config) {
    try {
      return CoreBridge.start(source, listeners, config, World.ofJvm());
    } catch (IOException e) {
      return off(Reason.sentence(e), null);
    }
  }

  /** Logs one error, and returns a bridge that does nothing. */
  static AiBridge off(String problem, Throwable cause) {
    return off(problem, problem, cause);
  }

  private static AiBridge off(String problem, Object logged, Throwable cause) {
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
