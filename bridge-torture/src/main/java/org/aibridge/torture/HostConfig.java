package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code ai_bridge.conf} of a host, key by key, with all of its folders in one folder and waits
 * that suit a test.
 */
public final class HostConfig {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private final Map<String, Map<String, String>> sections = new TreeMap<>();
  private final Path folder;

  /** Creates settings for a bridge in {@code folder} with a service at {@code baseUrl}. */
  public HostConfig(Path folder, String baseUrl) {
    this.folder = folder.toAbsolutePath();
    set("bridge", "server_id", "torture");
    set("ai_service", "base_url", baseUrl);
    set("ai_service", "timeout_connect", "1000");
    set("ai_service", "timeout_read", "1000");
    set("http_pool", "retry_delay", "20");
    set("circuit_breaker", "timeout", "200");
    set("event_dispatcher", "batch_interval", "50");
    set("event_dispatcher", "dlq_path", this.folder.resolve("dead-letters").toString());
    set("journal", "path", this.folder.resolve("journal").toString());
    set("journal", "roll_mb", "1");
    set("journal", "ring_path", ringFor(this.folder).toString());
    set("action_executor", "ledger_path", this.folder.resolve("actions").toString());
    set("action_executor", "poll_interval", "100");
  }

  /** Sets one key. */
  public HostConfig set(String section, String key, String value) {
    sections.computeIfAbsent(section, s -> new TreeMap<>()).put(key, value);
    return this;
  }

  /** Returns the file's text. */
  public String text() {
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (section, keys) -> {
          text.append('[').append(section).append("]\n");
          keys.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        });
    return text.toString();
  }

  /** Writes {@code ai_bridge.conf} into the folder. */
  public Path write() {
    try {
      Files.createDirectories(folder);
      return Files.writeString(folder.resolve("ai_bridge.conf"), text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the place of the ring of a bridge in {@code folder}: in shared memory, as by default,
   * but under a name that {@link Round} can remove.
   */
  static Path ringFor(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    if (!Files.isWritable(SHARED_MEMORY)) {
      return absolute.resolve("intake.ring");
    }
    return SHARED_MEMORY.resolve(
        "aibridge-torture-%08x-%s.ring".formatted(absolute.hashCode(), absolute.getFileName()));
  }
}
