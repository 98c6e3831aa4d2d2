package org.aibridge.ops.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.fakeservice.FieldRules;
import org.aibridge.fakeservice.FieldService;
import org.aibridge.ops.Main;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lies in {@code deploy/}, tried with the programs that it is for. */
@Tag("slow")
@Timeout(180)
class PrometheusTest {
  private static final Path DEPLOY =
      ChildJvm.projectFile("deploy/prometheus/alerts.yml").getParent().getParent();
  private static final String FIRING =
      "ALERTS{alertname=\"AiBridgeNotWell\",alertstate=\"firing\"}";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FieldRules RULES = FieldRules.DEFAULT.withPerMinute(0);

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private String prometheus;

  /** An outage fires, a blip of 30 s does not, and recovery resolves, in the time of the tests. */
  @Test
  void theAlertsDoWhatTheirTestsSay() throws Exception {
    Needs.program("promtool", "prometheus");
    Path rules = DEPLOY.resolve("prometheus");
    for (List<String> words :
        List.of(
            List.of("promtool", "check", "config", "scrape.yml"),
            List.of("promtool", "check", "rules", "alerts.yml"),
            List.of("promtool", "test", "rules", "alerts_test.yml"))) {
      Process tool =
          new ProcessBuilder(words).directory(rules.toFile()).redirectErrorStream(true).start();
      String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(tool.waitFor()).as("%s: %s", words, said).isZero();
    }
  }

  /**
   * The alerts' {@code for} is a second here, for nobody waits two minutes for a test; that an
   * outage of less than that fires nothing is shown by the tests of the rules.
   */
  @Test
  void aRealOutageFiresItsAlertAndEachPanelOfTheBoardHasData() throws Exception {
    Needs.program("prometheus", "prometheus");
    FieldService service = new FieldService(RULES, 0, InstantSource.system());
    int port = URI.create(service.baseUrl()).getPort();
    int metricsPort = freePort();
    Path conf = conf(service.baseUrl(), metricsPort);
    try (AiBridge bridge = AiBridge.start(conf);
        Child metrics =
            new Child(ChildJvm.process(folder, Main.class, "metrics", "--conf", conf))) {
      assertThat(metrics.process.isAlive()).isTrue();
      Process database = database(metricsPort);
      try {
        publish(bridge);
        until("scraped", () -> !query("aibridge_state{state=\"running\"} == 1").isEmpty());
        service.close();
        publish(bridge);
        until("the alert of the outage", () -> !query(FIRING).isEmpty());
        JsonNode alert = query(FIRING).get(0).path("metric");
        assertThat(alert.path("server").asText()).isEqualTo("map1");
        assertThat(alert.path("state").asText()).isEqualTo("outage");
        service = new FieldService(RULES, port, InstantSource.system());
        until("the alert's end", () -> query(FIRING).isEmpty());
        assertThat(query("ALERTS{alertname=\"AiBridgeNotScraped\"}")).isEmpty();
        List<String> without = new ArrayList<>();
        JsonNode panels =
            JSON.readTree(DEPLOY.resolve("grafana/board.json").toFile()).path("panels");
        int asked = 0;
        for (JsonNode panel : panels) {
          for (JsonNode target : panel.path("targets")) {
            asked++;
            String expression =
                target
                    .path("expr")
                    .asText()
                    .replace("$server", ".*")
                    .replace("$__rate_interval", "2m");
            if (query(expression).isEmpty()) {
              without.add(panel.path("title").asText() + ": " + expression);
            }
          }
        }
        assertThat(asked).isGreaterThan(15);
        assertThat(without).isEmpty();
      } finally {
        database.destroy();
        database.waitFor();
      }
    } finally {
      service.close();
    }
  }

  /** A process that ends with its test. */
  private record Child(Process process) implements AutoCloseable {
    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static void publish(AiBridge bridge) {
    for (int i = 0; i < 50; i++) {
      bridge.publish(GameEvent.dailyReset());
      bridge.tick();
    }
  }

  private Path conf(String baseUrl, int metricsPort) throws Exception {
    return Files.writeString(
        folder.resolve("ai_bridge.conf"),
        """
        [bridge]
        server_id = map1
        shutdown_timeout = 200
        [ai_service]
        base_url = %s
        [http_pool]
        retry_delay = 50
        [circuit_breaker]
        failure_threshold = 2
        timeout = 500
        [journal]
        path = %s
        reserve_mb = 16
        [event_dispatcher]
        dlq_path = %s
        batch_interval = 20
        [action_executor]
        ledger_path = %s
        [metrics]
        prometheus = 127.0.0.1:%d
        """
            .formatted(
                baseUrl,
                folder.resolve("journal"),
                folder.resolve("letters"),
                folder.resolve("actions"),
                metricsPort));
  }

  /**
   * Starts a Prometheus of our own on loopback, with our rules and the shortest times there are.
   */
  private Process database(int metricsPort) throws Exception {
    Path rules = folder.resolve("alerts.yml");
    String text = Files.readString(DEPLOY.resolve("prometheus/alerts.yml"));
    Files.writeString(rules, text.replaceAll("for: [0-9]+m", "for: 1s"));
    Path conf = folder.resolve("prometheus.yml");
    Files.writeString(
        conf,
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [%s]
        scrape_configs:
          - job_name: ai-bridge
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(rules, metricsPort));
    int port = freePort();
    prometheus = "http://127.0.0.1:" + port;
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + conf,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    until("Prometheus", () -> ask("/-/ready").statusCode() == 200);
    return process;
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void until(String what, Condition condition) {
    await(what)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(condition::holds);
  }

  private HttpResponse<String> ask(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(prometheus + path))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private List<JsonNode> query(String expression) throws Exception {
    HttpResponse<String> answer =
        ask("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    List<JsonNode> found = new ArrayList<>();
    JSON.readTree(answer.body()).at("/data/result").forEach(found::add);
    return found;
  }
}
