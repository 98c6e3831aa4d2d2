package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartKeysTest {
  @TempDir Path dir;

  @Test
  void keepsExactlyTheKeysThatTheTableSaysNeedARestart() throws Exception {
    BridgeConfig running = read("[ai_service]\nbase_url = http://127.0.0.1:8000\n");
    BridgeConfig next =
        read(
            """
            [bridge]
            enabled = no
            server_id = other
            shutdown_timeout = 700
            [ai_service]
            base_url = http://127.0.0.1:9000
            [http_pool]
            max_connections = 20
            keep_alive = no
            keep_alive_time = 7000
            max_retries = 9
            retry_delay = 77
            [event_dispatcher]
            batch_size = 7
            batch_interval = 77
            max_batch_size = 777
            max_batch_bytes = 77777
            queue_size = 7777
            max_event_bytes = 7777
            lanes = 7
            event_ttl = 7
            max_retry_after = 7
            dlq_path = other-dlq
            dlq_max_mb = 77
            dlq_retention_days = 7
            dlq_surge_percent = 77
            dlq_max_replays = 7
            dlq_trash_hours = 7
            [journal]
            path = other-journal
            roll_mb = 7
            reserve_mb = 7
            max_mb = 77
            durability = os
            sync_interval = 77
            ring_path = other.ring
            [action_executor]
            enabled = no
            ledger_path = other-ledger
            poll_interval = 77
            poll_limit = 7
            max_concurrent = 7
            inbox_size = 7
            tick_budget_us = 77
            action_timeout = 77
            action_ttl = 77
            action_memory_hours = 7
            poll_interval_min = 77
            poll_interval_max = 77
            long_poll = 77
            [action_limits]
            mode = off
            spawn_npc = off
            approve = give_reward
            give_reward.denied = 7-9
            [circuit_breaker]
            failure_threshold = 7
            timeout = 77
            half_open_requests = 7
            [script_http]
            enabled = no
            timeout = 77
            [status]
            group = monitoring
            [metrics]
            textfile = other-metrics
            prometheus = 127.0.0.1:7777
            [notify]
            command = page --now
            webhook = https://hooks.example/key
            [kafka]
            bootstrap_servers = other:9092
            tls = yes
            """);

    BridgeConfig merged = ConfigKeys.withoutRestartKeys(running, next);

    assertThat(ConfigKeys.waitingForRestart(running, merged)).isEmpty();
    for (ConfigKey key : ConfigKeys.all()) {
      String expected = key.shown().apply(key.needsRestart() ? running : next);
      assertThat(key.shown().apply(merged)).as(key.name()).isEqualTo(expected);
    }
  }

  private BridgeConfig read(String text) throws Exception {
    Path file = Files.writeString(dir.resolve("ai_bridge.conf"), text);
    return ConfigReader.read(file, Map.of()).config();
  }
}
