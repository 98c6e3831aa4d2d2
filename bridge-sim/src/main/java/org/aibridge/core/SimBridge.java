package org.aibridge.core;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.aibridge.api.AiBridge;
import org.aibridge.core.action.ActionSettings;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.http.ServiceClient;
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
  /** What one thread of the bridge would run, and how long it may rest. */
  public record Post(
      String name, Duty duty, long maxIdleNanos, long restNanos, Runnable report, Worker worker) {
    /** Whether the bridge has not stopped this one. */
    public boolean isRunning() {
      return (Boolean) get(Worker.class, worker, "running");
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
    boolean synced = config.journal().durability() == BridgeConfig.Durability.OS;
    for (Field field : CoreBridge.class.getDeclaredFields()) {
      if (field.getType() != Worker.class || field.getName().startsWith("sync") && !synced) {
        continue;
      }
      Worker worker = (Worker) get(CoreBridge.class, bridge, field.getName());
      posts.add(
          new Post(
              field.getName().replace("Worker", ""),
              (Duty) get(Worker.class, worker, "duty"),
              (Long) get(Worker.class, worker, "maxIdleNanos"),
              (Long) get(Worker.class, worker, "restNanos"),
              () -> {},
              worker));
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
    try {
      Constructor<CoreBridge> constructor =
          CoreBridge.class.getDeclaredConstructor(
              Path.class, BridgeConfig.class, BridgeClock.class);
      constructor.setAccessible(true);
      CoreBridge bridge = constructor.newInstance(file, config, clock);
      SimWire wire =
          SimWire.install((ServiceClient) get(CoreBridge.class, bridge, "client"), service);
      set(bridge, "started", true);
      return new SimBridge(bridge, wire, config);
    } catch (InvocationTargetException e) {
      throw thrown(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the bridge is not as this class knows it", e);
    }
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
    ((AtomicBoolean) get(CoreBridge.class, bridge, "closing")).set(true);
    try {
      Method method = CoreBridge.class.getDeclaredMethod("closeInOrder");
      method.setAccessible(true);
      method.invoke(bridge);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException runtime) {
        throw runtime;
      }
      throw (Error) e.getCause();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the bridge is not as this class knows it", e);
    }
  }

  /** As an interrupt of whoever closes: the sender is not waited for. */
  public void hurry() {
    set(bridge, "hurried", true);
  }

  private static IOException thrown(InvocationTargetException e) {
    if (e.getCause() instanceof IOException io) {
      return io;
    }
    if (e.getCause() instanceof RuntimeException runtime) {
      throw runtime;
    }
    throw (Error) e.getCause();
  }

  private static Object get(Class<?> type, Object of, String name) {
    try {
      Field field = type.getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the bridge is not as this class knows it", e);
    }
  }

  private static void set(Object of, String name, Object value) {
    try {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      field.set(of, value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the bridge is not as this class knows it", e);
    }
  }
}
