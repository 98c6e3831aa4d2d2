package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.aibridge.ops.CommandRun.Found;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check} says about the configuration file, and about who can read the key in it. */
class CheckConfigurationTest {
  private static final String OFF = "[bridge]\nenabled = no\n";

  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  @Test
  void listsTenMistakesAtOnce() throws Exception {
    run.confText(
        """
        [bridge]
        enabled = maybe
        server_id = a b
        [ai_service]
        base_url = ftp://host
        timeout_connect = soon
        compression = zip
        [http_pool]
        max_connections = 0
        [event_dispatcher]
        batch_size = -1
        lanes = 65
        [journal]
        reserve_mb = lots
        [circuit_breaker]
        timeout = 0
        """);
    assertThat(run.run("check")).isEqualTo(1);
    List<Found> found = run.check("configuration");
    assertThat(found).hasSize(10).noneMatch(Found::ok);
    assertThat(found).allSatisfy(one -> assertThat(one.advice()).startsWith("allowed: "));
    assertThat(found.get(0).detail()).contains("ai_bridge.conf:2", "maybe");
    assertThat(run.check("journal")).isEmpty();
    assertThat(run.check("java"))
        .singleElement()
        .satisfies(one -> assertThat(one.detail()).startsWith("of this command: Java "));
  }

  @Test
  void showsWarningsAndIsContent() throws Exception {
    run.confText(OFF + "[journal]\npaht = x\n");
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("is valid, with a warning", "! configuration", "paht");
    assertThat(run.out).contains("Ready, 1 warning.");
  }

  @Test
  void saysThatKafkaIsConfiguredAndItsModuleIsMissing() throws Exception {
    run.confText(
        "[ai_service]\nbase_url = http://127.0.0.1:9\n"
            + "[kafka]\nbootstrap_servers = 127.0.0.1:9\n");
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.check("kafka"))
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.ok()).isFalse();
              assertThat(found.detail())
                  .startsWith("[kafka] is configured, and there are no jars for it");
            });
  }

  @Test
  void showsWarningsBesideMistakes() throws Exception {
    run.confText("[ai_service]\nbase_ur = http://127.0.0.1:9\n");
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.out)
        .containsSubsequence("✗ configuration", "! configuration", "did you mean base_url?");
  }

  @Test
  void namesTheCommandForAFileOfAnOlderProgram() throws Exception {
    run.confText("enable_ai_client: 1\n");
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.check("configuration")).hasSize(1);
    assertThat(run.check("configuration").get(0).advice())
        .isEqualTo("allowed: what 'ai-bridge convert " + run.confFile() + "' makes of it");
  }

  @Test
  void saysThatTheFileIsMissing() {
    assertThat(run.run("check", "--conf", "other.conf")).isEqualTo(1);
    assertThat(run.out).contains("✗ configuration", "other.conf", "no such file", "--conf");
  }

  @Test
  void saysThatTheFileIsAFolder() {
    assertThat(run.run("check", "--conf", ".")).isEqualTo(1);
    assertThat(run.out).contains("this is a folder, not a file");
  }

  @Test
  void takesTheFirstFileOfTheUsualPlacesAndNamesIt() throws Exception {
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.out).contains(run.confFile() + ": there is no such file");
    assertThat(run.run("dlq", "stats")).isEqualTo(1);
    assertThat(run.err)
        .contains(
            "there is none of %s/ai_bridge.conf, %s/conf/ai_bridge.conf, %s/etc/ai_bridge.conf: name"
                .formatted(folder, folder, folder));

    Path here = folder.resolve("ai_bridge.conf");
    Path machines = folder.resolve("etc/ai_bridge.conf");
    Files.createDirectories(machines.getParent());
    for (Path file : List.of(machines, run.confFile(), here)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, OFF);
      assertThat(run.run("check")).isZero();
      assertThat(run.out).contains(file + " is valid");
    }
    assertThat(run.run("check", "--conf", "etc/ai_bridge.conf")).isZero();
    assertThat(run.out).contains(machines + " is valid");
  }

  @Test
  void warnsOfAKeyThatOthersCanRead() throws Exception {
    run.confText(OFF + "[ai_service]\napi_key = \"s3cret\" # ours\n");
    permit(run.confFile(), "rw-r--r--");
    assertThat(run.run("check")).isZero();
    assertThat(run.out)
        .contains("! api key", "rw-r--r--", "chmod 600 ", run.confFile().toString())
        .doesNotContain("s3cret");
    permit(run.confFile(), "rw-r-----");
    assertThat(run.check("api key").get(0).level()).isEqualTo("warning");
    permit(run.confFile(), "rw-------");
    assertThat(run.check("api key").get(0).level()).isEqualTo("ok");
  }

  @Test
  void quotesTheFileForTheShell() throws Exception {
    Path file = folder.resolve("it's mine.conf");
    Files.writeString(file, OFF + "[ai_service]\napi_key = s3cret\n");
    permit(file, "rw-r--r--");
    run.run("check", "--conf", file.toString());
    assertThat(run.out).contains("chmod 600 '" + folder + "/it'\\''s mine.conf'");
  }

  @Test
  void warnsOfAKeyFileThatOthersCanRead() throws Exception {
    Path key = folder.resolve("the key");
    Files.writeString(key, "s3cret\n");
    permit(key, "rw-r--r--");
    run.confText(OFF + "[ai_service]\napi_key_file = " + key + "\n");
    permit(run.confFile(), "rw-r--r--");
    List<Found> found = run.check("api key");
    assertThat(found).hasSize(1);
    assertThat(found.get(0).level()).isEqualTo("warning");
    assertThat(found.get(0).detail()).contains(key.toString());
  }

  @Test
  void warnsOfAKeyInAnImportedFile() throws Exception {
    run.confText("ai_sidecar_endpoint: 127.0.0.1:8000\nimport: secret.conf\n");
    Path imported = folder.resolve("conf/secret.conf");
    Files.writeString(imported, "ai_sidecar_api_key: s3cret\n");
    permit(imported, "rw-r--r--");
    List<Found> found = run.check("api key");
    assertThat(found).hasSize(1);
    assertThat(found.get(0).level()).isEqualTo("warning");
    assertThat(found.get(0).detail()).contains(imported.toString());
  }

  @Test
  void leavesAloneAFileWithoutAKey() throws Exception {
    run.confText(OFF + "[ai_service]\napi_key =\n# api_key = s3cret\n");
    permit(run.confFile(), "rw-r--r--");
    assertThat(run.check("api key"))
        .singleElement()
        .satisfies(found -> assertThat(found.level()).isEqualTo("ok"));
  }

  private static void permit(Path file, String permissions) throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
