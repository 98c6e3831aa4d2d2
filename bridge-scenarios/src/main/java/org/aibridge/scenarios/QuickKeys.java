package org.aibridge.scenarios;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The configuration keys that make tests fast; the testkit's README has the same table. */
final class QuickKeys {
  private QuickKeys() {}

  static Map<String, String> keys() {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("circuit_breaker.timeout", "1000");
    keys.put("http_pool.retry_delay", "100");
    keys.put("event_dispatcher.batch_interval", "100");
    keys.put("action_executor.poll_interval", "200");
    keys.put("action_executor.poll_interval_max", "400");
    keys.put("action_executor.long_poll", "500");
    keys.put("ai_service.timeout_read", "4000");
    keys.put("journal.reserve_mb", "1");
    return keys;
  }

  /** The folders in which the bridge of a run keeps its events. */
  record Folders(Path journal, Path letters) {}

  static Folders folders(Path folder) {
    return new Folders(folder.resolve("journal"), folder.resolve("dead-letters"));
  }

  /** Returns the keys that differ in each run: the service, a name and the folders. */
  static Map<String, String> own(String name, String baseUrl, Path folder) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("bridge.server_id", name);
    keys.put("ai_service.base_url", baseUrl);
    keys.put("journal.path", folders(folder).journal().toString());
    keys.put("journal.ring_path", folder.resolve("ring").toString());
    keys.put("event_dispatcher.dlq_path", folders(folder).letters().toString());
    keys.put("action_executor.ledger_path", folder.resolve("actions").toString());
    // A simulated outage must not send alarms to anybody.
    keys.put("metrics.textfile", "");
    keys.put("notify.command", "");
    keys.put("notify.webhook", "");
    return keys;
  }

  /** The keys as a configuration file. */
  static String file(Map<String, String> keys) {
    return keys.entrySet().stream()
        .map(key -> "[" + key.getKey().replaceFirst("\\.", "]\n") + " = " + key.getValue() + "\n")
        .collect(Collectors.joining());
  }
}
