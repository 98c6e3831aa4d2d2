package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.aibridge.ops.CommandRun.Found;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code check} writes what it found, and what it never writes. */
@Tag("slow")
class CheckOutputTest {
  private static final String CANARY = "canary-7f3a9c";

  @TempDir Path folder;
  private CommandRun run;
  private HttpServer server;

  /** What the server answers besides 200 and a header Date. */
  private volatile String status = "healthy";

  private volatile String place = "";

  private volatile int code = 200;

  @BeforeEach
  void begin() throws IOException {
    run = new CommandRun(folder);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  @Test
  void neverShowsTheKeyWhateverTheServiceDoes() throws Exception {
    for (String scenario : AiServiceScenario.names()) {
      try (FakeAiService service = FakeAiService.start(scenario)) {
        run.conf(service.baseUrl(), "[ai_service]", "timeout_read = 200", "api_key = " + CANARY);
        everyOutput().forEach(said -> assertThat(said).as(scenario).doesNotContain(CANARY));
        assertThat(service.requests())
            .allSatisfy(r -> assertThat(r.header("X-API-Key")).contains(CANARY));
      }
    }
  }

  @Test
  void masksTheKeyWhenTheServiceSaysIt() throws Exception {
    run.conf(url(), "[ai_service]", "api_key = " + CANARY);
    status = "bad " + CANARY;
    place = CANARY;
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("bad ***");
    code = 302;
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.out).contains("a redirect to http://elsewhere/***").doesNotContain("bad", "me@");
    everyOutput().forEach(said -> assertThat(said).doesNotContain(CANARY));
  }

  @Test
  void neverShowsTheKeyOfABrokenFile() throws Exception {
    run.conf("http://" + CANARY + "@host", "[ai_service]", "api_key = " + CANARY + "\u0007");
    assertThat(run.run("check")).isEqualTo(1);
    everyOutput().forEach(said -> assertThat(said).doesNotContain(CANARY));
  }

  @Test
  void letsNoControlCharacterThrough() throws Exception {
    run.conf(url());
    status = "\\u001b[31mred\\u0007";
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("\\u001B[31mred\\u0007").doesNotContain("\u001b", "\u0007");
  }

  @Test
  void warnsOfAClockThatIsWrong() throws Exception {
    run.conf(url());
    assertThat(run.check("clock").get(0).level()).isEqualTo("ok");
    run.clock = InstantSource.offset(InstantSource.system(), Duration.ofSeconds(-60));
    assertThat(run.run("check")).isZero();
    Found found = run.check("clock").get(0);
    assertThat(found.level()).isEqualTo("warning");
    assertThat(found.detail()).matches(".* (59|60|61)\\.\\d s ahead of ours");
    assertThat(found.advice()).contains("NTP");
  }

  @Test
  void warnsOfAServiceThatIsNotContentWithItself() throws Exception {
    run.conf(url());
    status = "degraded";
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("! health", "degraded");
  }

  @Test
  void fallsBackToAsciiAndKeepsColoursAway() throws Exception {
    run.conf(url());
    run.unicode = false;
    code = 500;
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.out).contains("ok   configuration", "FAIL health", "     -> see");
    assertThat(run.out).matches("[\\x20-\\x7e\\n\\r]*");
  }

  @Test
  void coloursTheSignsOfATerminal() throws Exception {
    run.conf(url());
    run.color = true;
    run.run("check");
    assertThat(run.out).contains("\u001b[32m✓\u001b[0m configuration");
  }

  @Test
  void jsonIsOneArrayAndNothingElse() throws Exception {
    run.conf(url());
    List<Found> found = run.check();
    assertThat(found)
        .extracting(Found::check)
        .containsExactly(
            "configuration",
            "api key",
            "java",
            "journal",
            "dead letters",
            "actions",
            "ring",
            "status",
            "process death",
            "JVM crash",
            "OS crash",
            "disk loss",
            "metrics",
            "notify",
            "host name",
            "connect",
            "health",
            "credentials",
            "clock");
    assertThat(run.err).isEmpty();
  }

  private List<String> everyOutput() {
    run.run("check");
    String lines = run.out + run.err;
    run.run("--verbose", "check", "--json");
    return List.of(lines, run.out + run.err);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Location", "http://me@elsewhere/" + place + "?" + status);
    byte[] body =
        ("{\"status\": \"" + status + "\", \"actions\": []}").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
