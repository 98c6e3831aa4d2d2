package org.aibridge.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** An {@code ai_bridge.conf} under construction, whose paths all lie in one folder. */
final class ConfFile {
  final Path folder;
  private final Map<String, Map<String, String>> sections = new TreeMap<>();

  ConfFile(Path folder, String baseUrl) {
    this.folder = folder;
    set("bridge", "server_id", "test");
    set("ai_service", "base_url", baseUrl);
    set("event_dispatcher", "dlq_path", folder.resolve("dead-letters"));
    set("event_dispatcher", "batch_interval", 20);
    set("http_pool", "retry_delay", 50);
    set("journal", "path", folder.resolve("journal"));
    set("journal", "ring_path", folder.resolve("intake.ring"));
    set("journal", "reserve_mb", 16);
    set("action_executor", "ledger_path", folder.resolve("actions"));
    set("action_executor", "poll_interval", 20);
    set("action_limits", "broadcast.per_minute", 0);
    set("action_limits", "total_per_second", 0);
    set("circuit_breaker", "timeout", 200);
    set("script_http", "requests_per_second", 100000);
    set("script_http", "requests_per_script_per_minute", 1000000);
  }

  ConfFile set(String section, String key, Object value) {
    sections.computeIfAbsent(section, name -> new TreeMap<>()).put(key, value.toString());
    return this;
  }

  ConfFile remove(String section, String key) {
    sections.get(section).remove(key);
    return this;
  }

  Path path() {
    return folder.resolve("ai_bridge.conf");
  }

  String text() {
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (section, keys) -> {
          text.append('[').append(section).append("]\n");
          keys.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        });
    return text.toString();
  }

  /** The line {@code key} stands in, counted from 1. */
  int lineOf(String key) {
    return text().lines().map(line -> line.split(" = ", 2)[0]).toList().indexOf(key) + 1;
  }

  Path write() {
    return write(text());
  }

  Path write(String text) {
    try {
      return Files.writeString(path(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
