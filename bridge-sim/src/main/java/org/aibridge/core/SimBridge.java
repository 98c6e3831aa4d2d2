package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.aibridge.api.AiBridge;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.http.SimWire;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceSetup;
import org.aibridge.core.store.SharedMemory;

/** A real bridge that runs in a simulated world. */
public final class SimBridge {
  private final CoreBridge bridge;

  /** The configuration at the start of the bridge. */
  private final BridgeConfig config;

  private SimBridge(CoreBridge bridge, BridgeConfig config) {
    this.bridge = bridge;
    this.config = config;
  }

  /**
   * Opens a bridge and starts its workers.
   *
   * @param engine opens the service over another engine, if the configuration has one
   * @throws IOException as the product's start does
   */
  public static SimBridge open(
      Path file, World world, SimWire.Service service, Function<ServiceSetup, Service> engine)
      throws IOException {
    BridgeConfig config = ConfigReader.read(file, Map.of()).config();
    CoreBridge bridge =
        CoreBridge.open(
            ConfigSource.of(file), Listeners.NONE, config, world, new SimWire(service, engine));
    bridge.stages().workers().forEach(Worker::start);
    bridge.shutdown().started();
    return new SimBridge(bridge, config);
  }

  /** The bridge's folder in shared memory, which no setting can move; null if there is none. */
  public Path memory() throws IOException {
    return SharedMemory.noted(config.journal().path().toAbsolutePath()).orElse(null);
  }

  public AiBridge bridge() {
    return bridge;
  }

  /** Makes {@code close} not wait for events, as if the closing thread was interrupted. */
  public void hurry() {
    bridge.shutdown().hurry();
  }
}
