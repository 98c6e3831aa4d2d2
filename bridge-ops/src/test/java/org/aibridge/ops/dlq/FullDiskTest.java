package org.aibridge.ops.dlq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.aibridge.ops.live.LiveStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator in front of a disk that is full to its last block, with a server that runs. */
@Tag("slow")
@Timeout(300)
class FullDiskTest {
  @TempDir private Path folder;
  private Path disk;
  private PickyService service;
  private Shell shell;
  private Process server;

  @BeforeEach
  void begin() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk.toString()),
        "only root may mount a disk that a test may fill");
    service = new PickyService();
    shell = new Shell(folder);
    Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        folder.resolve("conf/ai_bridge.conf"),
        """
        [bridge]
        server_id = s1
        [ai_service]
        base_url = %s
        [event_dispatcher]
        batch_interval = 50
        dlq_surge_percent = 0
        dlq_path = %s
        [journal]
        path = %s
        ring_path = %s
        reserve_mb = 8
        roll_mb = 8
        [action_executor]
        ledger_path = %s
        """
            .formatted(
                service.url(),
                disk.resolve("letters"),
                disk.resolve("journal"),
                folder.resolve("ring"),
                disk.resolve("actions")));
  }

  @AfterEach
  void end() throws Exception {
    if (server != null) {
      server.destroyForcibly().waitFor();
    }
    if (service != null) {
      service.close();
      run("umount", "-l", disk.toString());
    }
  }

  @Test
  void isToldOfTheDiskAndReachesTheServerWithEveryCommand() throws Exception {
    server = shell.server(100);
    until(() -> service.taken.size() > 50 && service.refused.size() >= 20);
    service.knowsTheMap = true;
    fill();
    until(() -> written().path("state").asText().equals("degraded"));
    assertThat(status().path("problem").asText()).contains(disk.toString());
    assertThat(status().path("stale").asBoolean(true)).isFalse();
    for (String command : new String[] {"reload", "resume", "retry"}) {
      Shell.Said said = shell.run(command);
      assertThat(said.exit()).as(command + said).isZero();
    }
    assertThat(shell.run("actions", "pending").exit()).isZero();
    assertThat(status().path("stale").asBoolean(true)).isFalse();
    Shell.Said purge = shell.run("dlq", "purge", "--all", "--forever", "--yes");
    assertThat(purge.exit()).as(purge.toString()).isZero();
    assertThat(letters()).isZero();
    Files.delete(disk.resolve("filler"));
    until(() -> written().path("state").asText().equals("running"));
  }

  private void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  out.write(new byte[4096]);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  private long letters() {
    Shell.Said said = shell.ask("dlq", "stats", "-o", "json");
    return said.exit() == 0 ? said.json().path("letters").asLong() : 0;
  }

  private JsonNode status() throws Exception {
    return shell.run("status", "-o", "json").json();
  }

  /** What a status command would print, without a process for each look. */
  private JsonNode written() throws IOException {
    return LiveStatus.read(disk.resolve("journal"), System.currentTimeMillis())
        .<JsonNode>map(status -> status)
        .orElseGet(MissingNode::getInstance);
  }

  private static void until(Callable<Boolean> isSo) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isSo.call()) {
      assertThat(System.nanoTime()).as("it takes too long").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
