package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
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
import org.junit.jupiter.params.provider.ValueSource;

class IniDialectTest {
  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setUp() {
    files = new ConfigFiles(folder);
  }

  @Test
  void loadsAFileFromTheFieldUnchanged() {
    ConfigResult result = ConfigReader.read(ConfigFiles.resource("field.conf"), Map.of());

    assertThat(result.warnings()).isEmpty();
    BridgeConfig config = result.config();
    assertThat(config.aiService().baseUrl()).isEqualTo(URI.create("http://192.168.0.100:8000"));
    assertThat(config.aiService().apiKey()).isEqualTo(Secret.NONE);
    assertThat(config.aiService().connectTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.aiService().readTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.httpPool().maxConnections()).isEqualTo(10);
    assertThat(config.httpPool().keepAlive()).isTrue();
    assertThat(config.eventDispatcher().queueSize()).isEqualTo(1000);
    assertThat(config.deadLetters().path()).isEqualTo(Path.of("log/ai_bridge_dlq"));
    assertThat(config.actionExecutor().maxConcurrent()).isEqualTo(5);
    assertThat(config.circuitBreaker().openTime()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void fillsInEveryDefaultOfTheTable() {
    BridgeConfig config = files.readWith("").config();

    assertThat(ConfigKeys.all())
        .filteredOn(key -> !key.defaultValue().isEmpty())
        .filteredOn(key -> key != ConfigKeys.PROFILE) // It stands in the values that it gives.
        .hasSizeGreaterThan(45)
        .allSatisfy(key -> assertThat(key.shown().apply(config)).isEqualTo(key.defaultValue()));
    assertThat(config.journal().ringPath()).isNull();
    assertThat(config.aiService().tls()).isEqualTo(new BridgeConfig.Tls(null, null, null));
    assertThat(config.scriptHttp().allowedHosts()).isEmpty();
    assertThat(config.aiService().compression()).isEqualTo(Compression.NONE);
    assertThat(config.actionExecutor().tickBudget()).isEqualTo(Duration.ofMillis(1));
    assertThat(config.actionExecutor().memory()).isEqualTo(Duration.ofHours(72));
    assertThat(config.deadLetters().retention()).isEqualTo(Duration.ZERO);
  }

  @Test
  void readsBlanksQuotesAndTrailingComments() {
    BridgeConfig config =
        files
            .read(
                """
                ; comment
                // comment [bridge]
                  # comment
                [bridge] // the switch
                \tserver_id = 'map-1'; quoted
                [ ai_service ]
                base_url = http://ai:8000/a//b # its address
                api_key_header=X-Key\t// trailing
                [http_pool]
                  MAX_CONNECTIONS   =   " 12 "   ; quoted
                """)
            .config();

    assertThat(config.bridge().serverId()).isEqualTo("map-1");
    assertThat(config.aiService().baseUrl()).hasToString("http://ai:8000/a//b");
    assertThat(config.aiService().apiKeyHeader()).isEqualTo("X-Key");
    assertThat(config.httpPool().maxConnections()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\n", "\r"})
  void readsEveryKindOfLineEndAndAByteOrderMark(String lineEnd) {
    String text = "\uFEFF[ai_service]\nbase_url = http://ai\n[bridge]\nserver_id = a\n";

    ConfigResult result = files.read(text.replace("\n", lineEnd));

    assertThat(result.warnings()).isEmpty();
    assertThat(result.config().bridge().serverId()).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource({
    "true,true",
    "YES,true",
    "On,true",
    "1,true",
    "0,false",
    "false,false",
    "No,false",
    "OFF,false",
    "' \"no\" ',false"
  })
  void readsBooleansInAnyCase(String written, boolean meant) {
    String lines = "[http_pool]\nkeep_alive = " + written;

    assertThat(files.readWith(lines).config().httpPool().keepAlive()).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "01", "ja", "", "truee"})
  void refusesWhatIsNoBoolean(String written) {
    ConfigProblem problem = files.problemWith("[http_pool]\nkeep_alive = " + written);

    assertThat(problem.allowed()).isEqualTo("yes, no, true, false, on or off");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10s",
        "1e3",
        "-1",
        "+5",
        "0x10",
        "1_000",
        "1.5",
        "",
        "\u0663",
        "0",
        "10001",
        "9223372036854775808",
        "99999999999999999999999999"
      })
  void refusesWhatIsNoNumberInRange(String written) {
    ConfigProblem problem =
        files.problemWith("[event_dispatcher]\nlanes = 1\nbatch_size = " + written);

    assertThat(problem.line()).isEqualTo(5);
    assertThat(problem.key()).isEqualTo("[event_dispatcher] batch_size");
    assertThat(problem.given()).isEqualTo(written);
    assertThat(problem.allowed()).isEqualTo("a whole number from 1 to 10000 (events)");
  }

  @Test
  void takesBothEndsOfEveryRange() {
    for (ConfigKey key : ConfigKeys.all()) {
      if (key.type() == ConfigKey.Type.NUMBER && key != ConfigKeys.MAX_BATCH_SIZE) {
        String line = "[" + key.section() + "]\n" + key.name() + " = ";
        assertThat(key.shown().apply(files.readWith(line + key.min()).config()))
            .isEqualTo(Long.toString(key.min()));
        assertThat(key.shown().apply(files.readWith(line + key.max()).config()))
            .isEqualTo(Long.toString(key.max()));
        assertThat(files.problemWith(line + (key.max() + 1)).message())
            .isEqualTo("is out of range");
        assertThat(files.problemWith(line + (key.min() - 1)).message())
            .isEqualTo("is out of range");
      }
    }
  }

  @Test
  void lastOfTwoWinsWithAWarningThatNamesBothLines() {
    ConfigResult result = files.readWith("[http_pool]\nmax_retries = oops\n\nmax_retries = 7");

    assertThat(result.config().httpPool().maxRetries()).isEqualTo(7);
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .endsWith(
            "test.conf:6: [http_pool] max_retries is set in line 4 and again in line 6;"
                + " line 6 counts");
  }

  @Test
  void warnsOfUnknownKeysWithTheNearestKnownOne() {
    List<String> warnings =
        files
            .readWith(
                """
                [http_pool]
                max_conections = 5
                batch_size = 5
                colour = blue
                [circiut_breaker]
                timeout = nonsense
                [weather]
                """)
            .warnings();

    assertThat(warnings).hasSize(5);
    assertThat(warnings.get(0))
        .endsWith(
            "test.conf:4: unknown key [http_pool] max_conections, it has no effect;"
                + " did you mean max_connections?");
    assertThat(warnings.get(1)).endsWith("it has no effect; it belongs in [event_dispatcher]");
    assertThat(warnings.get(2)).endsWith("unknown key [http_pool] colour, it has no effect");
    assertThat(warnings.get(3))
        .endsWith(
            ":7: unknown section [circiut_breaker], it has no effect;"
                + " did you mean [circuit_breaker]?");
    assertThat(warnings.get(4)).endsWith("unknown section [weather], it has no effect");
  }

  @Test
  void refusesAKeyBeforeAnySection() {
    ConfigException failure =
        files.failure("base_url = http://ai\n[ai_service]\nbase_url = http://ai");

    assertThat(failure)
        .hasMessageEndingWith(
            "test.conf:1: base_url: stands before any [section];"
                + " allowed: this key below [ai_service]");
  }

  @Test
  void growsMaxBatchSizeWithBatchSizeUnlessItIsGiven() {
    assertThat(
            files
                .readWith("[event_dispatcher]\nbatch_size = 900")
                .config()
                .eventDispatcher()
                .maxBatchSize())
        .isEqualTo(900);
    assertThat(
            files
                .problemWith("[event_dispatcher]\nbatch_size = 900\nmax_batch_size = 800")
                .allowed())
        .isEqualTo("a whole number from 900 to 10000 (events)");
  }

  @Test
  void readsWhatTheJournalMayCostAndHowLargeItMayGrow() {
    BridgeConfig.Journal usual = files.readWith("[journal]\n").config().journal();
    assertThat(usual.durability()).isEqualTo(BridgeConfig.Durability.PROCESS);
    assertThat(usual.syncInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(usual.maxMb()).isZero();
    BridgeConfig.Journal set =
        files
            .readWith("[journal]\ndurability = OS\nsync_interval = 10\nroll_mb = 8\nmax_mb = 16")
            .config()
            .journal();
    assertThat(set.durability()).isEqualTo(BridgeConfig.Durability.OS);
    assertThat(set.syncInterval()).isEqualTo(Duration.ofMillis(10));
    assertThat(set.maxMb()).isEqualTo(16);
    assertThat(files.problemWith("[journal]\nroll_mb = 8\nmax_mb = 15").allowed())
        .isEqualTo("0, or a whole number from 16 to 1000000 (MB)");
    assertThat(files.problemWith("[journal]\nroll_mb = 1\nmax_mb = 7").allowed())
        .isEqualTo("0, or a whole number from 8 to 1000000 (MB)");
    assertThat(files.problemWith("[journal]\nsync_interval = 9").allowed())
        .contains("from 10 to 60000 (ms)");
  }

  @ParameterizedTest
  @CsvSource({
    "log/ai_bridge_dlq.log,log/ai_bridge_dlq",
    "dead.TXT,dead",
    "a.log/b,a.log/b",
    ".log,.log",
    "a/.log,a/.log",
    "x.log.txt,x"
  })
  void takesTheFolderOfAnOlderDeadLetterFile(String written, Path meant) {
    ConfigResult result = files.readWith("[event_dispatcher]\ndlq_path = " + written);

    assertThat(result.config().deadLetters().path()).isEqualTo(meant);
    assertThat(result.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http://ai/,http://ai",
    "HTTPS://Ai.example:8443/v2//,https://Ai.example:8443/v2",
    "http://[::1]:8000,http://[::1]:8000",
    "http://ai//evil,http://ai//evil",
    "http://ai_service:8000/,http://ai_service:8000",
    "http://stack_ai-1.net_1:1/a,http://stack_ai-1.net_1:1/a"
  })
  void takesBaseUrlsWithoutTrailingSlashes(String written, String meant) {
    ConfigResult result = files.read("[ai_service]\nbase_url = " + written);

    assertThat(result.config().aiService().baseUrl()).hasToString(meant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ai:8000",
        "/path",
        "ftp://ai",
        "http://",
        "http:///x",
        "http:ai",
        "http://ai:0",
        "http://ai:65536",
        "http://ai:99999999999",
        "http://127.1",
        "http://2130706433",
        "http://0x7f.1",
        "http://0177.0.0.1",
        "http://-ai",
        "http://ai?x=1",
        "http://ai#x",
        "http://ai/a b",
        "http://\u00e4i",
        "http://a@ai",
        "http://ai:x",
        "http://%"
      })
  void refusesWhatIsNoBaseUrl(String written) {
    ConfigException failure = files.failure("[ai_service]\nbase_url = " + written);

    assertThat(failure.problems()).singleElement().extracting(ConfigProblem::line).isEqualTo(2);
  }

  @Test
  void needsABaseUrlOnlyWhileEnabled() {
    assertThat(files.failure("[bridge]\nserver_id = a").problems())
        .singleElement()
        .hasToString(
            folder.resolve("test.conf")
                + ": [ai_service] base_url: is required while the bridge is enabled; allowed: "
                + ConfigKeys.BASE_URL.allowed());
    assertThat(files.read("[bridge]\nenabled = no").config().aiService().baseUrl()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "host", "X-Server-Id", "a b", "X:Y", ""})
  void refusesAHeaderThatCannotCarryTheKey(String header) {
    assertThat(files.problemWith("api_key_header = " + header).key())
        .isEqualTo("[ai_service] api_key_header");
  }

  @Test
  void readsHostsScriptsMayReach() {
    String hosts = "API.example.com, 10.0.0.1:8080 ,[::1]:80, api.example.com, lore_db:8080, _a.b_";

    assertThat(
            files
                .readWith("[script_http]\nallowed_hosts = " + hosts)
                .config()
                .scriptHttp()
                .allowedHosts())
        .containsExactly("api.example.com", "10.0.0.1:8080", "[::1]:80", "lore_db:8080", "_a.b_");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "http://a",
        "a/b",
        "a:0",
        "a:65536",
        "a,,b",
        "a,",
        "a b",
        "-",
        "u@h",
        "a:",
        "a-",
        "a..b",
        "127.1",
        "127.0.0.1.",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "0177.0.0.1",
        "a.1",
        "[::1",
        "::1",
        "[::g]",
        "[1.2.3.4]",
        "[fe80::1%eth0]"
      })
  void refusesWhatIsNoHost(String hosts) {
    assertThat(files.problemWith("[script_http]\nallowed_hosts = " + hosts).allowed())
        .isEqualTo(ConfigKeys.ALLOWED_HOSTS.allowed());
  }

  @Test
  void readsNetworksThatAreNotPublic() {
    String networks = "172.16.0.0/12, fd12:3456::/32 ::1\t10.1.2.3,127.0.0.0/8, ::1";

    assertThat(
            files
                .readWith("[script_http]\nallowed_networks = " + networks)
                .config()
                .scriptHttp()
                .allowedNetworks())
        .containsExactly("172.16.0.0/12", "fd12:3456::/32", "::1", "10.1.2.3", "127.0.0.0/8");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, is not a network",
    "10.0.0.0/, is not a network",
    "10/8, is not a network",
    "010.0.0.0/8, is not a network",
    "256.0.0.0/8, is not a network",
    "'10.0.0.0/8,', is not a network",
    "1:2:3/16, is not a network",
    "10.0.0.0/33, longer than /32",
    "::1/129, longer than /128",
    "172.16.5.1/12, goes on behind its /12",
    "fd12::1/64, goes on behind its /64"
  })
  void refusesWhatIsNoNetwork(String networks, String why) {
    ConfigProblem problem =
        files.problemWith("[script_http]\nallowed_networks = 127.0.0.0/8 " + networks);

    assertThat(problem.key()).isEqualTo("[script_http] allowed_networks");
    assertThat(problem.message()).contains(why);
    assertThat(problem.allowed()).isEqualTo(ConfigKeys.ALLOWED_NETWORKS.allowed());
  }

  @Test
  void takesMaxResponseSizeFromItsOlderPlace() {
    ConfigResult result = files.readWith("[http_pool]\nmax_response_size = 20480");

    assertThat(result.warnings()).isEmpty();
    assertThat(result.config().scriptHttp().maxResponseBytes()).isEqualTo(20_480);
  }

  @Test
  void wantsTlsFilesReadableAndInPairs() {
    Path cert = files.write("cert.pem", "cert");
    String https = "[ai_service]\nbase_url = https://ai\n";

    assertThat(
            files
                .read(https + "tls_client_cert = " + cert + "\ntls_client_key = " + cert)
                .config()
                .aiService()
                .tls())
        .isEqualTo(new BridgeConfig.Tls(null, cert, cert));
    assertThat(files.failure(https + "tls_client_key = " + cert))
        .hasMessageContaining(":3: [ai_service] tls_client_key: is set without tls_client_cert");
    assertThat(files.failure(https + "tls_ca_cert = " + folder.resolve("absent.pem")))
        .hasMessageContaining("tls_ca_cert: there is no such file, given \"" + folder);
    assertThat(files.failure(https + "tls_ca_cert = " + folder))
        .hasMessageContaining("tls_ca_cert: is not a file that can be read");
  }

  @Test
  void warnsOfTlsFilesThatPlainHttpIgnores() {
    Path ca = files.write("ca.pem", "ca");

    assertThat(files.readWith("tls_ca_cert = " + ca).warnings())
        .singleElement()
        .asString()
        .endsWith("tls_ca_cert has no effect, because base_url begins with http://");
  }

  @Test
  void refusesTwoStoresInOneFolder() {
    ConfigProblem problem =
        files.problemWith("[action_executor]\nledger_path = x/../ai_bridge/journal");

    assertThat(problem.message()).isEqualTo("is the folder of [journal] path");
    assertThat(problem.line()).isEqualTo(4);
  }

  @Test
  void takesTheOlderNameOfATypeForItsNameOfToday() {
    String types = "broadcast_message, give_reward, broadcast, custom";
    assertThat(
            files.readWith("[action_limits]\napprove = " + types).config().actionLimits().approve())
        .containsExactly("broadcast", "give_reward", "custom");
  }

  @Test
  void namesTheKeysThatWaitForARestart() {
    BridgeConfig running = files.readWith("").config();
    BridgeConfig next =
        files
            .readWith("[event_dispatcher]\nlanes = 8\nbatch_size = 9\n[bridge]\nserver_id=b")
            .config();

    assertThat(ConfigKeys.waitingForRestart(running, next))
        .containsExactly(ConfigKeys.SERVER_ID, ConfigKeys.LANES);
    assertThat(ConfigKeys.waitingForRestart(running, running)).isEmpty();
  }

  @Test
  void readsTheSameFileAgainAfterItChanged() throws Exception {
    Path file = files.write("test.conf", "[ai_service]\nbase_url = http://one");
    ConfigReader.read(file);
    Files.writeString(file, "[ai_service]\nbase_url = http://two");

    assertThat(ConfigReader.read(file).config().aiService().baseUrl()).hasToString("http://two");
  }
}
