package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskAtStartTest {
  @TempDir Path dir;

  @Test
  void staysOffAndSaysHowMuchIsFreeWhenTheDiskIsBelowItsReserve() throws Exception {
    java.nio.file.Path conf = dir.resolve("ai_bridge.conf");
    java.nio.file.Files.writeString(
        conf,
        """
        [ai_service]
        base_url = http://127.0.0.1:1
        [event_dispatcher]
        dlq_path = %1$s/dead-letters
        [journal]
        path = %1$s/journal
        reserve_mb = 1000000
        [action_executor]
        ledger_path = %1$s/actions
        """
            .formatted(dir));

    try (AiBridge bridge = AiBridge.start(conf)) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem()).contains("MB free", "1000000 MB", "reserve");
      assertThat(bridge.status().problem()).doesNotContain("unexpected");
    }
  }
}
