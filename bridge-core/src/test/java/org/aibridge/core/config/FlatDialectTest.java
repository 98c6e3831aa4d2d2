package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig.Compression;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlatDialectTest {
  private static final String ENDPOINT = "ai_sidecar_endpoint: ai:8000\n";
  private static final String BELONGS = " belongs to the older sidecar, no effect";
  private static final String HTTP =
      "the bridge speaks HTTP, for which services that speak gRPC at port 50051 mostly have port"
          + " 8000";

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setUp() {
    files = new ConfigFiles(folder);
  }

  @Test
  void loadsAFileFromTheFieldUnchanged() {
    ConfigResult result = ConfigReader.read(ConfigFiles.resource("field-flat.conf"), Map.of());

    BridgeConfig config = result.config();
    assertThat(config.aiService().baseUrl()).hasToString("http://192.168.1.100:8000");
    assertThat(config.httpPool().maxConnections()).isEqualTo(16);
    assertThat(config.aiService().readTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.httpPool().maxRetries()).isEqualTo(3);
    assertThat(config.httpPool().retryDelay()).isEqualTo(Duration.ofMillis(100));
    assertThat(config.httpPool().keepAliveTime()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.aiService().compression()).isEqualTo(Compression.NONE);
    assertThat(config.eventDispatcher().maxBatchBytes()).isEqualTo(50 * 1024 * 1024);
    assertThat(config.aiService().apiKey()).isEqualTo(Secret.NONE);
    assertThat(config.bridge().serverId()).isEqualTo("server_production_001");
    assertThat(config.aiService().tls()).isEqualTo(new BridgeConfig.Tls(null, null, null));
    assertThat(config.scriptHttp().cacheTtl()).isEqualTo(Duration.ofHours(1));
    assertThat(config.scriptHttp().cacheMaxEntries()).isEqualTo(10_000);
  }

  @Test
  void warnsOnceOfEachKeyThatHasNoEffect() {
    ConfigResult result = ConfigReader.read(ConfigFiles.resource("field-flat.conf"), Map.of());

    assertThat(result.warnings())
        .extracting(warning -> warning.replaceAll(".*conf:\\d+: ai_sidecar_(\\w+) .*", "$1"))
        .containsExactly(
            "compression",
            "fallback_to_legacy",
            "fallback_after_errors",
            "enable_dialogue",
            "enable_quests",
            "enable_decisions",
            "enable_memory",
            "log_requests",
            "log_responses",
            "tls_ca_cert");
    assertThat(result.warnings().subList(0, 9)).allMatch(text -> text.endsWith("no effect"));
    assertThat(result.warnings().get(9)).endsWith("unless ai_sidecar_tls_enabled is yes");
  }

  @ParameterizedTest
  @CsvSource({
    "ai:8000,no,http://ai:8000",
    "ai:8000,yes,https://ai:8000",
    "http://ai/x,off,http://ai/x",
    "https://ai,no,https://ai",
    "https://ai,TRUE,https://ai"
  })
  void completesTheEndpoint(String endpoint, String tls, String meant) {
    String text = "ai_sidecar_endpoint: " + endpoint + "\nai_sidecar_tls_enabled: " + tls;

    assertThat(files.read(text).config().aiService().baseUrl()).hasToString(meant);
  }

  @Test
  void refusesAPlainEndpointWhereTlsIsAskedFor() {
    assertThat(files.failure("ai_sidecar_endpoint: http://ai\nai_sidecar_tls_enabled: yes"))
        .hasMessageContaining(
            "test.conf:1: ai_sidecar_endpoint: begins with http:// while ai_sidecar_tls_enabled is"
                + " yes, given \"http://ai\"");
  }

  @Test
  void readsTlsFilesOnlyUnderTls() {
    Path ca = files.write("ca.pem", "ca");
    String text = ENDPOINT + "ai_sidecar_tls_ca_cert: " + ca + "\nai_sidecar_tls_enabled: ";

    assertThat(files.read(text + "yes").config().aiService().tls().caCert()).isEqualTo(ca);
    assertThat(files.read(text + "no").config().aiService().tls().caCert()).isNull();
  }

  @Test
  void keepsAnswersOnlyWhenTheCacheIsOn() {
    String on = ENDPOINT + "ai_sidecar_enable_local_cache: yes\n";

    assertThat(cacheTtl(ENDPOINT + "ai_sidecar_cache_ttl_seconds: 60")).isZero();
    assertThat(cacheTtl(ENDPOINT + "ai_sidecar_cache_ttl_seconds:")).isZero();
    assertThat(cacheTtl(on)).isEqualTo(Duration.ofHours(1));
    assertThat(cacheTtl(on + "ai_sidecar_cache_ttl_seconds: 60")).isEqualTo(Duration.ofMinutes(1));
  }

  private Duration cacheTtl(String text) {
    return files.read(text).config().scriptHttp().cacheTtl();
  }

  @Test
  void reportsMistakesInTheWordsAndUnitsOfTheFile() {
    ConfigException failure =
        files.failure(
            """
            ai_sidecar_endpoint: ai:8000 // the box next door
            ai_sidecar_max_message_size_mb: 65
            ai_sidecar_timeout_ms: 5s
            ai_sidecar_enable_local_cache: perhaps
            nonsense
            """);

    String at = folder.resolve("test.conf") + ":";
    assertThat(failure)
        .hasMessage(
            String.join(
                "\n",
                at
                    + "2: ai_sidecar_max_message_size_mb: is out of range, given \"65\"; allowed: a"
                    + " whole number from 1 to 64 (MB)",
                at
                    + "3: ai_sidecar_timeout_ms: is not a whole number in plain digits, given"
                    + " \"5s\"; allowed: a whole number from 1 to 600000 (ms)",
                at
                    + "4: ai_sidecar_enable_local_cache: is neither yes nor no, given \"perhaps\";"
                    + " allowed: yes, no, true, false, on or off",
                at + "5: is neither a setting nor a comment; allowed: key: value"));
  }

  @Test
  void saysWhereHttpIsToWhoseServiceSpeaksGrpc() {
    ConfigResult result =
        files.read(
            """
            ai_sidecar_protocol: grpc   // or http
            ai_sidecar_endpoint: 127.0.0.1:50051
            ai_sidecar_transport: quic
            ai_sidecar_log_level: info
            """);

    assertThat(result.config().aiService().baseUrl()).hasToString("http://127.0.0.1:50051");
    assertThat(result.warnings()).hasSize(4);
    assertThat(result.warnings().get(0))
        .endsWith("ai_sidecar_protocol belongs to the older sidecar, no effect; " + HTTP);
    assertThat(result.warnings().get(1)).endsWith("ai_sidecar_transport" + BELONGS);
    assertThat(result.warnings().get(2)).endsWith("ai_sidecar_log_level" + BELONGS);
    assertThat(result.warnings().get(3))
        .endsWith("ai_sidecar_endpoint has a port of gRPC; " + HTTP);
    assertThat(files.read("[ai_service]\nbase_url = http://ai_service:50051/x").warnings())
        .singleElement()
        .asString()
        .contains("[ai_service] base_url has a port of gRPC");
    assertThat(files.read("[ai_service]\nbase_url = http://ai/x:50051").warnings()).isEmpty();
  }

  @Test
  void asksForTheEndpointByItsOwnName() {
    assertThat(files.failure("ai_sidecar_timeout_ms: 5000"))
        .hasMessageContaining("test.conf: ai_sidecar_endpoint: is required");
    assertThat(files.read("ai_sidecar_enabled: no").config().bridge().enabled()).isFalse();
  }

  @Test
  void warnsOfUnknownAndRepeatedKeys() {
    ConfigResult result = files.read(ENDPOINT + "ai_sidecar_timeout: 1\nother_key: 1\n" + ENDPOINT);

    assertThat(result.warnings()).hasSize(3);
    assertThat(result.warnings().get(0))
        .endsWith(
            "unknown key ai_sidecar_timeout, it has no effect; did you mean"
                + " ai_sidecar_timeout_ms?");
    assertThat(result.warnings().get(1)).endsWith("unknown key other_key, it has no effect");
    assertThat(result.warnings().get(2))
        .endsWith("ai_sidecar_endpoint is set in line 1 and again in line 4; line 4 counts");
  }

  @Test
  void importsFilesRelativeToTheImporter() {
    files.write("import/ai.conf", "ai_sidecar_game_server_id: two\nimport: more/last.conf");
    files.write("import/more/last.conf", "ai_sidecar_max_retries: 9");

    ConfigResult result =
        files.read(ENDPOINT + "ai_sidecar_game_server_id: one\nimport: import/ai.conf // ours");

    assertThat(result.warnings()).isEmpty(); // to be overridden is what the first is there for
    assertThat(result.config().bridge().serverId()).isEqualTo("two");
    assertThat(result.config().httpPool().maxRetries()).isEqualTo(9);
  }

  @Test
  void importsFromTheWorkingFolderBeforeTheImportersFolder() {
    Path beside = files.write("sub/conf/ai.conf", "ai_sidecar_game_server_id: beside");
    String fromHere = Path.of("").toAbsolutePath().relativize(beside).toString();
    Path importer = files.write("sub/test.conf", ENDPOINT + "import: conf/ai.conf");
    assertThat(serverId(importer)).isEqualTo("beside");

    assertThat(files.read(ENDPOINT + "import: " + fromHere).config().bridge().serverId())
        .isEqualTo("beside");
  }

  @Test
  void namesOnePlaceOfAMissingImportWhereTheFileLiesInTheWorkingFolder() {
    ProblemList problems = new ProblemList();
    new FlatDialect(new Settings(problems), problems)
        .read(new ConfigFile(Path.of("ai.conf").toAbsolutePath(), List.of("import: none.conf")));
    assertThat(problems.warnings())
        .singleElement()
        .asString()
        .endsWith(
            "there is no file " + Path.of("none.conf").toAbsolutePath() + ", nothing is imported");
  }

  @Test
  void saysWhichOfTwoFilesIsImported() {
    String name = "src/test/resources/config/field-flat.conf"; // seen from where tests run
    Path beside = files.write(name, "ai_sidecar_game_server_id: beside");

    ConfigResult result = files.read(ENDPOINT + "import: " + name);

    assertThat(result.config().bridge().serverId()).isEqualTo("server_production_001");
    assertThat(result.warnings().get(0))
        .endsWith(
            "test.conf:2: import: of two files "
                + Path.of(name).toAbsolutePath()
                + " counts, not "
                + beside);
    assertThat(result.warnings().get(1)).startsWith(name + ":8: ai_sidecar_compression");
  }

  @Test
  void goesOnWithoutAnImportThatIsMissing() {
    ConfigResult result =
        files.read(ENDPOINT + "import: no/such.conf\nai_sidecar_game_server_id: one");

    assertThat(result.config().bridge().serverId()).isEqualTo("one");
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .endsWith(
            "test.conf:2: import: there is no file "
                + Path.of("no/such.conf").toAbsolutePath()
                + " nor "
                + folder.resolve("no/such.conf")
                + ", nothing is imported");
  }

  private static String serverId(Path file) {
    return ConfigReader.read(file, Map.of()).config().bridge().serverId();
  }

  @Test
  void namesTheImportedFileAndItsLine() {
    Path imported = files.write("sub/ai.conf", "// first\nai_sidecar_max_retries: many");
    Path latin = files.write("sub/latin.conf", new byte[] {'#', '\n', (byte) 0xFC});

    ConfigException failure =
        files.failure(ENDPOINT + "import: sub/ai.conf\nimport: sub\nimport: sub/latin.conf");

    assertThat(failure.problems())
        .extracting(problem -> problem.file() + ":" + problem.line())
        .containsExactlyInAnyOrder(
            imported + ":2", folder.resolve("test.conf") + ":3", latin + ":2");
    assertThat(failure)
        .hasMessageContaining(
            "import: this is a folder, not a file, given \"" + folder.resolve("sub") + "\"");
  }

  @Test
  void breaksCirclesOfImports() {
    files.write("sub/a.conf", "import: ../sub/../sub/b.conf");
    Path last = files.write("sub/b.conf", "\nimport: ../test.conf");

    assertThat(files.failure(ENDPOINT + "import: sub/a.conf").problems())
        .singleElement()
        .asString()
        .startsWith(last + ":2: import: it is being imported already, the imports run in a circle");
  }

  @Test
  void limitsDepthAndNumberOfImports() {
    for (int i = 0; i < 40; i++) {
      files.write("deep" + i, "import: deep" + (i + 1));
      files.write("wide" + i, ("import: wide" + (i + 1) + "\n").repeat(2));
    }
    files.write("deep40", "");
    files.write("leaf", "");

    assertThat(files.failure(ENDPOINT + "import: deep0"))
        .hasMessageContaining("deep15:1: import: imports are nested more than 16 deep");
    assertThat(files.failure(ENDPOINT + "import: wide0"))
        .hasMessageContaining("import: more than 64 files are imported");
    assertThat(files.read(ENDPOINT + "import: leaf\n".repeat(63)).warnings()).isEmpty();
  }

  @Test
  void refusesToImportTheOtherDialect() {
    files.write("other.conf", "[bridge]\nserver_id = x");

    assertThat(files.failure(ENDPOINT + "import: other.conf"))
        .hasMessageContaining("import: it holds [sections], not key: value lines");
    Path client = files.write("client.conf", "enable_ai_client: 1");
    assertThat(files.failure(ENDPOINT + "import: client.conf"))
        .hasMessageContaining("import: it is written with the ai_server_ keys of a gRPC client")
        .hasMessageContaining("'ai-bridge convert " + client + "'");
  }
}
