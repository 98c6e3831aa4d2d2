package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bug report takes along, and what never leaves the machine with it. */
@Tag("slow")
class BundleCommandTest {
  private static final String KEY = "s3cret-of-ours";
  private static final String PLAYER = "150777";

  @TempDir Path folder;

  @Test
  void hasNeitherKeysNorWhatPlayersDidUnlessAsked(@AiService FakeAiService service)
      throws Exception {
    CommandRun run =
        new CommandRun(folder)
            .confText(
                """
                # api_key = an-older-key
                [ai_service]
                base_url = %s
                api_key = %s
                apikey = mistyped-key
                [event_dispatcher]
                dlq_path = %s
                batch_interval = 20
                [journal]
                path = %s
                reserve_mb = 1
                [action_executor]
                ledger_path = %s
                [notify]
                webhook = https://127.0.0.1:1/api/webhooks/123/a-hook
                command = /bin/true --token a-token
                """
                    .formatted(
                        service.baseUrl(),
                        KEY,
                        folder.resolve("letters"),
                        folder.resolve("journal"),
                        folder.resolve("actions")));
    service.switchTo("poison");
    try (AiBridge bridge = AiBridge.start(run.confFile())) {
      bridge.publish(
          GameEvent.custom("chat", Long.parseLong(PLAYER), "prontera", "{\"poison\":true}"));
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (bridge.status().events().deadLettered() == 0
          || !Files.exists(folder.resolve("journal-status/status.json"))) {
        assertThat(System.nanoTime()).as(bridge.statusJson()).isLessThan(deadline);
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(run.run("bundle", "--to", "plain.zip")).as(run.err).isZero();
      assertThat(run.out).contains("plain.zip has what a bug report needs");
      assertThat(run.run("bundle", "--to", "data.zip", "--with-data")).as(run.err).isZero();
      assertThat(run.run("bundle", "--to", "data.zip")).isEqualTo(1);
    }
    Map<String, String> plain = entries(folder.resolve("plain.zip"));
    assertThat(plain)
        .containsOnlyKeys(
            "about.txt",
            "ai_bridge.conf",
            "check.json",
            "dead-letters.json",
            "files.txt",
            "jvm.txt",
            "lanes.txt",
            "status.json");
    assertThat(plain.get("ai_bridge.conf"))
        .contains("base_url = " + service.baseUrl(), "api_key = (left out)");
    assertThat(plain.get("status.json")).contains("\"commit\"", "\"state\" : \"running\"");
    assertThat(plain.get("dead-letters.json")).contains("\"letters\" : 1");
    assertThat(plain.get("files.txt")).contains("cursor");
    assertThat(plain.get("jvm.txt")).contains("-Xmx").doesNotContain("-D");
    String whole = String.join("\n", plain.values());
    assertThat(whole)
        .doesNotContain(KEY, "an-older-key", "mistyped-key", "a-hook", "a-token", PLAYER);

    Map<String, String> data = entries(folder.resolve("data.zip"));
    assertThat(data.get("letters.jsonl")).contains(PLAYER);
    assertThat(String.join("\n", data.values())).doesNotContain(KEY, "an-older-key");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("data.zip"))))
        .isEqualTo("rw-------");
  }

  private static Map<String, String> entries(Path zip) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        entries.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return entries;
  }
}
