package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
  @TempDir private Path temp;

  @Test
  void copyOfTheConfigurationKeepsAllFilesInTheFolder() throws Exception {
    Path source =
        Files.writeString(
            temp.resolve("ai_bridge.conf"),
            "[ai_service]\nbase_url = http://elsewhere:8000\napi_key = k\n"
                + "[event_dispatcher]\nbatch_size = 50\ndlq_path = log/dlq.log\n"
                + "[circuit_breaker]\ntimeout = 60000\n");
    RunFolder folder = RunFolder.open(temp.resolve("run"));

    Path copy =
        folder.writeConfiguration(
            Files.readAllLines(source), URI.create("http://127.0.0.1:9"), "demo");

    String run = folder.path().toString();
    assertThat(Files.readAllLines(copy))
        .containsSequence("[ai_service]", "base_url = http://127.0.0.1:9", "api_key = k")
        .containsSequence("batch_size = 50", "dlq_path = " + run + "/dead-letters")
        .containsSequence("[circuit_breaker]", "timeout = 2000")
        .containsSequence("[bridge]", "server_id = demo")
        .containsSequence("[journal]", "path = " + run + "/journal", "ring_path = " + run + "/ring")
        .containsSequence(
            "[action_executor]", "ledger_path = " + run + "/actions", "poll_interval = 200")
        .contains("[action_limits]", "give_reward.max_zeny = 10000")
        .containsSequence("[http_pool]", "retry_delay = 250");
    assertThat(Files.readString(source)).contains("http://elsewhere:8000");
  }

  @Test
  void folderWithSomethingInItIsRefused() throws Exception {
    Files.writeString(temp.resolve("old"), "");

    assertThatThrownBy(() -> RunFolder.open(temp))
        .isInstanceOf(DemoFailure.class)
        .hasMessageContaining("is not empty");
  }

  @Test
  void deletesAllOfItself() throws Exception {
    RunFolder folder = RunFolder.open(null);
    Files.createDirectories(folder.service());
    Files.write(folder.service().resolve("events.log"), List.of("x"));

    folder.delete();

    assertThat(folder.isTemporary()).isTrue();
    assertThat(folder.path()).doesNotExist();
  }
}
