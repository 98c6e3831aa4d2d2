package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.aibridge.core.run.World;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.store.OwnerLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus is told of a bridge that runs, is silent, has ended, or never was. */
class MetricsCommandTest {
  private static final long WRITTEN_MS = 1_763_600_000_000L;
  private static final String STATUS =
      "{\"state\":\"running\",\"server_id\":\"s1\",\"event_dispatcher\":{\"current_size\":7}}";

  @TempDir Path folder;
  private CommandRun run;
  private Path journal;
  private OwnerLock owner;

  @BeforeEach
  void begin() throws IOException {
    run = new CommandRun(folder).conf("http://127.0.0.1:1", "[bridge]", "server_id = s1");
    journal = Files.createDirectory(folder.resolve("journal"));
  }

  @AfterEach
  void end() {
    if (owner != null) {
      owner.close();
    }
  }

  private String after(long ms) {
    run.clock = () -> Instant.ofEpochMilli(WRITTEN_MS + ms);
    assertThat(run.run("metrics", "--once")).as(run.err).isZero();
    return run.out;
  }

  private void write(String json) throws IOException {
    try (StatusFile file = new StatusFile(StatusFile.folderOf(journal))) {
      file.write(json, WRITTEN_MS);
    }
  }

  @Test
  void tellsTheNumbersOfABridgeThatRuns() throws Exception {
    write(STATUS);
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    assertThat(after(13_999))
        .contains(
            "aibridge_state{server=\"s1\",state=\"running\"} 1\n",
            "aibridge_events_waiting{server=\"s1\"} 7\n",
            "aibridge_written_timestamp_seconds{server=\"s1\"} 1763600000\n");
  }

  /** A graph has a gap there, and a counter does not seem to have begun anew. */
  @Test
  void tellsOfABridgeThatIsSilentThatAloneAndSinceWhen() throws Exception {
    write(STATUS);
    owner = OwnerLock.ofFolder(World.ofJvm(), journal);
    assertThat(after(14_000))
        .contains(
            "aibridge_state{server=\"s1\",state=\"silent\"} 1\n",
            "aibridge_state{server=\"s1\",state=\"running\"} 0\n",
            "aibridge_written_timestamp_seconds{server=\"s1\"} 1763600000\n")
        .doesNotContain("aibridge_events");
  }

  @Test
  void tellsOfABridgeThatHasEndedHowItEnded() throws Exception {
    write(STATUS);
    assertThat(after(1_000))
        .contains("aibridge_state{server=\"s1\",state=\"not_running\"} 1\n")
        .doesNotContain("aibridge_events");
    write(STATUS.replace("running", "closed"));
    assertThat(after(1_000)).contains("aibridge_state{server=\"s1\",state=\"closed\"} 1\n");
  }

  @Test
  void tellsOfABridgeThatNeverWasThatItDoesNotRun() {
    assertThat(after(0))
        .contains("aibridge_state{server=\"s1\",state=\"not_running\"} 1\n")
        .doesNotContain("aibridge_written");
  }

  @Test
  void saysWhichAddressCannotBeListenedAt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      run.conf("http://127.0.0.1:1", "[metrics]", "prometheus = 127.0.0.1:" + taken.getLocalPort());
      assertThat(run.run("metrics")).isEqualTo(1);
      assertThat(run.err)
          .isEqualTo(
              "ai-bridge: 127.0.0.1:%d cannot be listened at: Address already in use (see [metrics] prometheus)\n"
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void checkSaysThatTheServerOpensNoPortAndWhoServes() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String address = "127.0.0.1:" + listening.getLocalPort();
      run.conf("http://127.0.0.1:1", "[metrics]", "prometheus = " + address);
      assertThat(run.check("metrics"))
          .extracting(CommandRun.Found::detail)
          .containsExactly(
              "the server opens no port; 'ai-bridge metrics' serves Prometheus at "
                  + address
                  + ", where something answers");
      try (Socket asked = listening.accept()) {
        assertThat(asked.isConnected()).isTrue();
      }
    }
    assertThat(run.check("metrics").get(0).detail()).endsWith(", and does not run now");
    run.conf("http://127.0.0.1:1", "[metrics]", "prometheus = 0.0.0.0:9464");
    assertThat(run.check("metrics").get(0).level()).isEqualTo("warning");
  }

  @Test
  void checkTriesTheTextFilesFolder() throws Exception {
    run.conf("http://127.0.0.1:1", "[metrics]", "textfile = exporters");
    assertThat(run.check("textfile").get(0).detail())
        .contains("exporters is no folder: the bridge would write no metrics there");
    Files.createDirectory(folder.resolve("exporters"));
    assertThat(run.check("textfile").get(0).detail())
        .endsWith("exporters/aibridge_map-server.prom can be written");
    assertThat(folder.resolve("exporters")).isEmptyDirectory();
  }

  @Test
  void checkSaysWhoIsToldOfTroublesAndShowsNoKey() throws Exception {
    assertThat(run.check("notify").get(0).detail())
        .isEqualTo("nobody is told of troubles ([notify] command, webhook)");
    run.environment.put("PATH", "/usr/bin:/bin");
    run.conf(
        "http://127.0.0.1:1",
        "[notify]",
        "command = sh -c x",
        "webhook = https://127.0.0.1/KEY",
        "[script_http]",
        "allowed_hosts = 127.0.0.1:443",
        "allowed_networks = 127.0.0.0/8");
    assertThat(run.check("notify"))
        .extracting(CommandRun.Found::detail)
        .containsExactly("sh is told of troubles", "a webhook at 127.0.0.1 is told of troubles");
    assertThat(run.out).doesNotContain("KEY");
    run.conf(
        "http://127.0.0.1:1",
        "[notify]",
        "command = no-such-program",
        "webhook = http://hooks.example:81/KEY");
    assertThat(run.check("notify"))
        .extracting(CommandRun.Found::detail)
        .containsExactly(
            "no-such-program is no program that can be run: nobody would be told of troubles",
            "hooks.example:81 is not among allowed_hosts: its webhook would not be told");
  }

  @Test
  void checkSaysThatAWebhookOutsideAllowedNetworksWouldNotBeTold() throws Exception {
    run.conf(
        "http://127.0.0.1:1",
        "[notify]",
        "webhook = http://127.0.0.1:81/KEY",
        "[script_http]",
        "allowed_hosts = 127.0.0.1");
    CommandRun.Found found = run.check("notify").get(0);
    assertThat(found.level()).isEqualTo("warning");
    assertThat(found.detail())
        .isEqualTo(
            "127.0.0.1: 127.0.0.1 is loopback, where scripts go only inside [script_http]"
                + " allowed_networks; a webhook there would not be told");
    assertThat(found.advice()).endsWith("to [script_http] allowed_networks");
    assertThat(run.out).doesNotContain("KEY");
  }

  @Test
  void aWebhookThatIsNoneIsRefusedWithoutBeingShown() throws Exception {
    for (String wrong : new String[] {"ftp://x/KEY", "http://u:KEY@x/", "https://x/KEY#a", "KEY"}) {
      run.conf("http://127.0.0.1:1", "[notify]", "webhook = \"" + wrong + "\"");
      assertThat(run.run("dlq", "stats")).as(wrong).isEqualTo(1);
      assertThat(run.err).contains("webhook").doesNotContain("KEY");
    }
  }
}
