package org.aibridge.scenarios;

// testkit's README: begin
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutageTest {
  @TempDir Path folder;

  @Test
  void losesNothingInAnOutage(@AiService("down") FakeAiService service) throws Exception {
    try (AiBridge bridge = start(service)) {
      for (int monster = 1001; monster <= 1020; monster++) {
        assertTrue(bridge.publish(GameEvent.monsterKill(150_001, "prt_fild08", monster)));
      }
      service.switchTo("healthy");
      Instant limit = Instant.now().plus(Duration.ofMinutes(1));
      while (bridge.status().events().waiting() > 0 && Instant.now().isBefore(limit)) {
        Thread.sleep(50);
      }
      assertEquals(0, bridge.status().events().deadLettered());
      assertEquals(20, new HashSet<>(service.receivedEventIds()).size());
    }
  }

  private AiBridge start(FakeAiService service) {
    AiBridge bridge =
        AiBridge.withoutFile()
            .set("bridge.server_id", "test")
            .set("ai_service.base_url", service.baseUrl())
            .set("journal.path", folder.resolve("journal"))
            .set("journal.reserve_mb", 1)
            .set("event_dispatcher.dlq_path", folder.resolve("dead-letters"))
            .set("event_dispatcher.batch_interval", 100)
            .set("action_executor.ledger_path", folder.resolve("actions"))
            .set("http_pool.retry_delay", 100)
            .set("circuit_breaker.timeout", 1000)
            .start();
    assertTrue(bridge.status().initialized(), bridge.status().problem());
    return bridge;
  }
}
// testkit's README: end
