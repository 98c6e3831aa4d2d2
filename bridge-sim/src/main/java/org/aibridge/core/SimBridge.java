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
 * A bridge as the product puts it together, whose threads are never started: whoever opened it runs
 * their duties. This is the one place that knows how a {@link CoreBridge} looks inside.
 */
public final class SimBridge {
  /** One thread of the bridge: what it would run, and how long it may rest. */
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

    /** Whether the bridge has not stopped this one. */
    public boolean isRunning() {
      return worker.isRunning();
    }
  }

  private final CoreBridge bridge;
  private final SimWire wire;

  /** As it was at the start. */
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

  /** Where the marks of begun actions lie, which no key of the configuration moves; may be null. */
  public Path marks() throws IOException {
    Path memory = SharedMemory.noted(config.journal().path().toAbsolutePath()).orElse(null);
    return ActionSettings.of(() -> config, memory).marks();
  }

  public AiBridge bridge() {
    return bridge;
  }

  /** What a slice may have replaced is ours again; to be called after each. */
  public void refresh() {
    wire.refresh();
  }

  public List<Post> posts() {
    return posts;
  }

  /** Closes in order, on this thread. */
  public void close() {
    bridge.beginClosing();
    bridge.shutdown().inOrder();
  }

  /** As an interrupt of whoever closes: the sender is not waited for. */
  public void hurry() {
    bridge.shutdown().hurry();
  }
}
