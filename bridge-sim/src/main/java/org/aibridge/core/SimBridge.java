package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aibridge.api.AiBridge;
import org.aibridge.core.action.ActionSettings;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.http.SimWire;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Worker;
import org.aibridge.core.store.SharedMemory;

/**
 * A bridge assembled as in the product, but with threads that are never started: the simulation
 * runs their duties. Only this class knows the inside of a {@link CoreBridge}.
 */
public final class SimBridge {
  /** One thread of the bridge: its duty, and how long the thread may rest. */
  public record Post(Worker worker) {
    public String name() {
      return worker.name().replaceFirst(".* ", "");
    }

    public Duty duty() {
      return worker.duty();
    }

    public long maxIdleNanos() {
      return worker.maxIdleNanos();
    }

    public long restNanos() {
      return worker.restNanos();
    }

    /** True until the bridge has stopped this thread. */
    public boolean isRunning() {
      return worker.isRunning();
    }
  }

  private final CoreBridge bridge;
  private final SimWire wire;

  /** The configuration at the start. */
  private final BridgeConfig config;

  private final List<Post> posts = new ArrayList<>();

  private SimBridge(CoreBridge bridge, SimWire wire, BridgeConfig config) {
    this.bridge = bridge;
    this.wire = wire;
    this.config = config;
    for (Worker worker : bridge.stages().workers()) {
      posts.add(new Post(worker));
    }
  }

  /**
   * Opens a bridge.
   *
   * @throws IOException as the product's start does
   */
  public static SimBridge open(Path file, BridgeClock clock, SimWire.Service service)
      throws IOException {
    BridgeConfig config = ConfigReader.read(file, Map.of()).config();
    CoreBridge bridge = CoreBridge.open(file, config, clock);
    SimWire wire = SimWire.install(bridge.stages().client, service);
    bridge.shutdown().started();
    return new SimBridge(bridge, wire, config);
  }

  /** The file with the marks of begun actions, which no configuration key moves; may be null. */
  public Path marks() throws IOException {
    Path memory = SharedMemory.noted(config.journal().path().toAbsolutePath()).orElse(null);
    return ActionSettings.of(() -> config, memory).marks();
  }

  public AiBridge bridge() {
    return bridge;
  }

  /** Takes over what a slice may have replaced; to be called after each slice. */
  public void refresh() {
    wire.refresh();
  }

  public List<Post> posts() {
    return posts;
  }

  /** Closes the bridge in order, on the calling thread. */
  public void close() {
    bridge.beginClosing();
    bridge.shutdown().inOrder();
  }

  /** Stops waiting for the sender, as an interrupt of the closing thread does. */
  public void hurry() {
    bridge.shutdown().hurry();
  }
}
