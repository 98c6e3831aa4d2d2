package org.aibridge.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;

/** A bridge with its own folder; {@link #close} deletes the folder if it is temporary. */
public final class Scene implements AutoCloseable {
  public static final GameEvent LOGIN = GameEvent.playerLogin(150_001, "prontera");

  public static final GameEvent KILL = GameEvent.monsterKill(150_001, "prt_fild08", 1002);

  /** A custom event with 1 KB of JSON. */
  public static final GameEvent CUSTOM =
      GameEvent.custom(
          "siege_damage", 150_001, "prt_fild08", "{\"text\":\"" + "x".repeat(1011) + "\"}");

  /** The base URL of a service that does not exist. */
  public static final String NOBODY = "http://127.0.0.1:1";

  private static final long LOOK_NANOS = 100_000;

  private final Path folder;
  private final boolean ours;
  private final Map<String, Map<String, Object>> sections = new TreeMap<>();
  private AiBridge bridge;

  private Scene(Path folder, boolean ours, String baseUrl) {
    this.folder = folder;
    this.ours = ours;
    set("ai_service", "base_url", baseUrl);
    set("bridge", "server_id", "bench");
    set("bridge", "shutdown_timeout", 500);
    set("event_dispatcher", "dlq_path", folder.resolve("dead-letters"));
    set("event_dispatcher", "queue_size", 100_000);
    set("journal", "path", folder.resolve("journal"));
    set("journal", "reserve_mb", 64);
    set("action_executor", "ledger_path", folder.resolve("actions"));
    set("action_executor", "poll_interval", 20);
    set("action_executor", "poll_interval_min", 10);
    set("action_executor", "poll_interval_max", 20);
    set("action_limits", "broadcast.per_minute", 0);
    set("action_limits", "total_per_second", 0);
    set("script_http", "requests_per_second", 100_000);
    set("script_http", "requests_per_script_per_minute", 1_000_000);
  }

  /** Makes a scene in a new temporary folder, with its AI service at {@code baseUrl}. */
  public static Scene at(String baseUrl) {
    return new Scene(temporary(), true, baseUrl);
  }

  /** Makes a scene in {@code folder}, which {@link #close} does not delete. */
  public static Scene in(Path folder, String baseUrl) {
    return new Scene(folder, false, baseUrl);
  }

  /** Sets a key of the configuration. */
  public Scene set(String section, String key, Object value) {
    sections.computeIfAbsent(section, name -> new TreeMap<>()).put(key, value);
    return this;
  }

  /** Starts the bridge; throws an exception if the bridge is off afterwards. */
  public AiBridge start() throws IOException {
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (section, keys) -> {
          text.append('[').append(section).append("]\n");
          keys.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        });
    Path conf = Files.writeString(folder.resolve("ai_bridge.conf"), text);
    bridge = AiBridge.start(conf);
    if (!bridge.status().initialized()) {
      throw new IllegalStateException(bridge.status().problem());
    }
    return bridge;
  }

  /** Returns the bridge that {@link #start} started; null before {@code start}. */
  public AiBridge bridge() {
    return bridge;
  }

  /** The folder of this scene. */
  public Path folder() {
    return folder;
  }

  /** Waits until the journal thread has emptied the ring, as it does between a server's ticks. */
  public void awaitEmptyRing() {
    while (bridge.status().events().inRing() > 0) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Closes the bridge, and deletes the folder if it is a temporary one. */
  @Override
  public void close() throws IOException {
    if (bridge != null) {
      bridge.close();
    }
    if (ours) {
      delete(folder);
    }
  }

  /** Creates an empty folder below the directory that {@code java.io.tmpdir} names. */
  public static Path temporary() {
    try {
      return Files.createTempDirectory("ai-bridge-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder and its content. */
  public static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
