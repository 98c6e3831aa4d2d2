package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code convert} makes of files for older programs. */
class ConvertCommandTest {
  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  /** Converts a file, and reads the result as the bridge does. */
  private BridgeConfig converted(String text) throws IOException {
    Files.writeString(folder.resolve("old.conf"), text);
    run.run("convert", "old.conf");
    Path made = Files.writeString(folder.resolve("made.conf"), run.out);
    ConfigResult result = ConfigReader.read(made, Map.of());
    assertThat(result.warnings()).isEmpty();
    return result.config();
  }

  @Test
  void readsTheGrpcClientsFile() throws Exception {
    BridgeConfig config =
        converted(
            """
            //===== Configuration =====
            // Enable AI Client?
            enable_ai_client: 1
            ai_server_endpoint: 127.0.0.1:50051
            ai_server_id: rathena-server-1
            ai_connection_timeout: 10
            ai_rpc_timeout: 20000
            ai_retry_attempts: 4
            ai_use_async: 1
            ai_npc_mode: 1
            ai_new_key: 7
            """);

    assertThat(run.exit).isZero();
    assertThat(config.bridge().enabled()).isTrue();
    assertThat(config.bridge().serverId()).isEqualTo("rathena-server-1");
    assertThat(config.aiService().baseUrl()).hasToString("http://127.0.0.1:8000");
    assertThat(config.aiService().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.aiService().readTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.httpPool().maxRetries()).isEqualTo(4);
    assertThat(run.out)
        .contains("made by 'ai-bridge convert' of old.conf, which has the ai_server_ keys")
        .contains("# From line 4: ai_server_endpoint (port 50051 is for gRPC, which the bridge")
        .contains("# From line 6: ai_connection_timeout (taken as seconds)")
        .contains("# From line 7: ai_rpc_timeout\ntimeout_read = 20000")
        .contains("# line 9: ai_use_async: nothing here waits for the AI service")
        .contains("# line 11: ai_new_key: means nothing here");
    assertThat(run.err).contains("line 10: ai_npc_mode: scripts decide which NPC asks");
  }

  @Test
  void readsKeysWithDots() throws Exception {
    BridgeConfig config =
        converted(
            """
            ai_client.enabled: true
            ai_client.endpoint: "localhost:50051"
            ai_client.server_id: "my_server_001"
            ai_client.timeout: 30
            ai_client.debug: false
            """);

    assertThat(config.aiService().baseUrl()).hasToString("http://localhost:8000");
    assertThat(config.bridge().serverId()).isEqualTo("my_server_001");
    assertThat(config.aiService().readTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(run.out).contains("# line 5: ai_client.debug: the server's logging decides");
  }

  @Test
  void readsTheFirstBridgesKeysAmongThoseOfAWebServer() throws Exception {
    BridgeConfig config =
        converted(
            """
            web_port: 8888
            ai_service_url: ai_service
            ai_service_port: 8010
            ai_service_api_key: s3cret,key
            ai_service_enabled: yes
            """);

    assertThat(config.aiService().baseUrl()).hasToString("http://ai_service:8010");
    assertThat(config.aiService().apiKey().reveal()).isEqualTo("s3cret,key");
    assertThat(run.out).contains("(the port is of line 3: ai_service_port)");
    assertThat(run.err).contains("line 1: web_port: means nothing here").doesNotContain("s3cret");
    assertThat(converted("ai_service_url: 127.0.0.1").aiService().baseUrl())
        .hasToString("http://127.0.0.1:8000");
    assertThat(converted("ai_service_url: https://ai/x/").aiService().baseUrl())
        .hasToString("https://ai/x");
    assertThat(converted("ai_service_url: ai:9\nai_service_port: 1").aiService().baseUrl())
        .hasToString("http://ai:9");
    assertThat(run.err).contains("line 2: ai_service_port: the address has a port of its own");
  }

  @Test
  void readsBlocks() throws Exception {
    BridgeConfig config =
        converted(
            """
            // Master
            ai_system: {
                enabled: true   // all of it
                azure_openai: {
                    api_key: "sk-somebody"
                    temperature: 0.7
                }
                performance: { max_concurrent_requests: 100, request_timeout: 45 }
                quests: [
                    7000,  // first
                    7001
                ]
            }
            ai_service
            {
                host = "127.0.0.1"; port = 8001;
                api_key: "ours"
            }
            import: conf/import/ai_agents.conf
            """);

    assertThat(config.aiService().baseUrl()).hasToString("http://127.0.0.1:8001");
    assertThat(config.aiService().readTimeout()).isEqualTo(Duration.ofSeconds(45));
    assertThat(config.aiService().apiKey().reveal()).isEqualTo("ours");
    assertThat(run.out)
        .contains("# line 5: ai_system.azure_openai.api_key: means nothing here")
        .contains("# line 9: ai_system.quests: means nothing here")
        .contains("# line 19: import: convert that file as well")
        .doesNotContain("sk-somebody");
  }

  @Test
  void readsTheFlatFile() throws Exception {
    Path certificate = Files.writeString(folder.resolve("ca.pem"), "ca");
    BridgeConfig config =
        converted(
            """
            ai_sidecar_enabled: yes
            ai_sidecar_protocol: grpc
            ai_sidecar_endpoint: 127.0.0.1:50051    // IP:port
            ai_sidecar_tls_enabled: yes
            ai_sidecar_tls_ca_cert: %s
            ai_sidecar_compression: gzip
            ai_sidecar_max_message_size_mb: 50
            ai_sidecar_enable_local_cache: yes
            ai_sidecar_cache_ttl_seconds: 60
            """
                .formatted(certificate));

    assertThat(config.aiService().baseUrl()).hasToString("https://127.0.0.1:8000");
    assertThat(config.aiService().tls().caCert()).isEqualTo(certificate);
    assertThat(config.eventDispatcher().maxBatchBytes()).isEqualTo(50 << 20);
    assertThat(config.scriptHttp().cacheTtl()).isEqualTo(Duration.ofMinutes(1));
    assertThat(run.out)
        .contains("# line 4: ai_sidecar_tls_enabled: is in the scheme of base_url")
        .contains("old.conf:6: ai_sidecar_compression belongs to the older sidecar, no effect");
  }

  @Test
  void leavesOutWhatDoesNotLoadAndSaysWhy() throws Exception {
    BridgeConfig config =
        converted(
            """
            [ai_service]
            api_key_file = no/such.key
            timeout_read = 30s
            nonsense
            [action_limits]
            give_reward.denied = 9-1
            [bridge]
            server_id = "s #1"
            """);

    assertThat(run.exit).isEqualTo(ExitCodes.FOUND);
    assertThat(config.aiService().baseUrl()).hasToString("http://127.0.0.1:8000");
    assertThat(run.out)
        .contains("(put the address of the AI service here)")
        .contains("# Left out: there is no such file; from " + folder)
        .contains("# api_key_file = no/such.key")
        .contains("# timeout_read = 30s")
        .contains("# give_reward.denied = 9-1")
        .contains("# server_id = s #1")
        .contains("old.conf:4: is neither a setting nor a comment");
    assertThat(run.err)
        .contains("[ai_service] api_key_file is left out: there is no such file; from " + folder)
        .contains("[ai_service] base_url is made up: put the address of the AI service here")
        .doesNotContain("no/such.key", "9-1");
  }

  @Test
  void completesAnAddressWithoutAScheme() throws Exception {
    BridgeConfig config = converted("[ai_service]\nbase_url = 127.0.0.1:8001\n");

    assertThat(run.exit).isZero();
    assertThat(config.aiService().baseUrl()).hasToString("http://127.0.0.1:8001");
    assertThat(run.out).contains("base_url (without a scheme: taken as http)\n");
    converted("[ai_service]\nbase_url = some body:else@here\n");
    assertThat(run.err).contains("base_url is left out").doesNotContain("some body");
  }

  @Test
  void saysOneThingOfEachLineThatCannotBeRead() throws Exception {
    converted(
        """
        ai_sidecar_endpoint: 127.0.0.1:8000
        ai_sidecar_tls_enabled: maybe
        import: none.conf
        """);

    assertThat(run.err)
        .containsOnlyOnce("ai_sidecar_tls_enabled")
        .contains("old.conf:2: ai_sidecar_tls_enabled: ", "given \"maybe\"")
        .containsOnlyOnce("import: ")
        .contains("nor " + folder.resolve("none.conf") + ", nothing is imported");
  }

  @Test
  void understandsNamesThatAreGuessedAndNamesWhatIsMeant() throws Exception {
    BridgeConfig config =
        converted(
            """
            ai_server_endpoint: 127.0.0.1:8000
            ai_request_timeout: 20
            ai_max_retries: 7
            ai_conection_timeout: 5
            """);

    assertThat(config.aiService().readTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.httpPool().maxRetries()).isEqualTo(7);
    assertThat(run.err)
        .contains(
            "line 4: ai_conection_timeout: means nothing here; did you mean ai_connection_timeout?");
  }

  @Test
  void keepsAWholeFileOfOurs() throws Exception {
    BridgeConfig config =
        converted(
            """
            [bridge]
            enabled = no
            [ai_service]
            api_key = "a #b"
            [event_dispatcher]
            dlq_path = log/ai_bridge_dlq.log
            """);

    assertThat(run.exit).isZero();
    assertThat(config.bridge().enabled()).isFalse();
    assertThat(config.aiService().apiKey().reveal()).isEqualTo("a #b");
    assertThat(run.out).contains("dlq_path = log/ai_bridge_dlq\n").doesNotContain("base_url");
    assertThat(run.err).isEmpty();
  }

  @Test
  void writesANewFileForItsOwnerAlone() throws Exception {
    Files.writeString(folder.resolve("old.conf"), "ai_service_url: ai\nai_service_api_key: s3cret");

    assertThat(run.run("convert", "old.conf", "--to", "new.conf")).isZero();

    assertThat(run.out).isEmpty();
    assertThat(run.err).isEqualTo("written: new.conf; next: ai-bridge check --conf new.conf\n");
    Path made = folder.resolve("new.conf");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rw-------");
    assertThat(ConfigReader.read(made).config().aiService().apiKey().reveal()).isEqualTo("s3cret");
    assertThat(run.run("convert", "old.conf", "--to", "new.conf")).isEqualTo(1);
    assertThat(run.err).contains("new.conf is there already; name a new file");
    assertThat(run.run("convert", "old.conf", "--to", "none/new.conf")).isEqualTo(1);
    assertThat(run.err).contains("none/new.conf is not there");
  }

  @Test
  void refusesWhatIsNoConfiguration() throws Exception {
    Files.writeString(folder.resolve("old.conf"), "some: thing\n");
    assertThat(run.run("convert", "old.conf")).isEqualTo(1);
    assertThat(run.err).contains("old.conf sets nothing that has a meaning here");
    assertThat(run.run("convert", "absent.conf")).isEqualTo(1);
    assertThat(run.err).contains("absent.conf: there is no such file");
    assertThat(run.run("convert")).isEqualTo(2);
  }

  @Test
  void sendsNoQuestionMarksToAConsoleOfAsciiAlone() throws Exception {
    Files.writeString(folder.resolve("old.conf"), "[journal]\npath = é\n[bridge]\nenabled = no");
    run.unicode = false;
    assertThat(run.run("convert", "old.conf")).isEqualTo(1);
    assertThat(run.err).contains("write a file with --to");
    assertThat(run.run("convert", "old.conf", "--to", "new.conf")).isZero();
    assertThat(folder.resolve("new.conf")).content().contains("path = é");
  }
}
