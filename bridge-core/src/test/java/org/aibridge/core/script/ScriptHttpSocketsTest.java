package org.aibridge.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.Wire;
import org.aibridge.core.run.BridgeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts against real sockets: the AI service and a host that is not the AI service. */
final class ScriptHttpSocketsTest {
  private static final String KEY = "the-secret-key";

  @TempDir Path folder;
  private final ConcurrentLinkedQueue<Map<String, List<String>>> foreignHeaders =
      new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> paths = new ConcurrentLinkedQueue<>();
  private final Semaphore woken = new Semaphore(0);
  private HttpServer service;
  private HttpServer foreign;
  private ServiceClient client;
  private ScriptHttpService scripts;

  @BeforeEach
  void open() throws Exception {
    service = server(this::serve);
    foreign =
        server(
            exchange -> {
              foreignHeaders.add(Map.copyOf(exchange.getRequestHeaders()));
              reply(exchange, "foreign".getBytes(StandardCharsets.UTF_8));
            });
    start("127.0.0.1:" + foreign.getAddress().getPort());
  }

  private void start(String allowed) throws IOException {
    Path file = folder.resolve("bridge.conf");
    Files.writeString(
        file,
        """
        [ai_service]
        base_url = http://127.0.0.1:%d/base
        api_key = %s
        [script_http]
        allowed_hosts = %s
        allowed_networks = 127.0.0.0/8
        """
            .formatted(service.getAddress().getPort(), KEY, allowed));
    BridgeConfig config = ConfigReader.read(file).config();
    BridgeClock clock = BridgeClock.system();
    client = new ServiceClient(config, clock, "test", Wire.OF_MACHINE);
    scripts =
        new ScriptHttpService(
            () -> config,
            client,
            client,
            event -> CompletableFuture.completedFuture(false),
            clock,
            woken::release);
  }

  @AfterEach
  void close() {
    client.close();
    service.stop(0);
    foreign.stop(0);
  }

  private static HttpServer server(com.sun.net.httpserver.HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext("/", handler);
    server.start();
    return server;
  }

  private void serve(HttpExchange exchange) throws IOException {
    paths.add(exchange.getRequestURI().toString());
    String path = exchange.getRequestURI().getPath();
    if (path.endsWith("/bomb")) {
      exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      reply(exchange, gzip("é".repeat(5_000_000)));
    } else if (path.endsWith("/away")) {
      exchange.getResponseHeaders().set("Location", url(foreign, "/stolen"));
      exchange.sendResponseHeaders(302, -1);
      exchange.close();
    } else {
      String key = String.valueOf(exchange.getRequestHeaders().getFirst("X-API-Key"));
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      reply(exchange, (key + body).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void reply(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static String url(HttpServer server, String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private ScriptAnswer get(String url) throws InterruptedException {
    List<ScriptAnswer> answers = new ArrayList<>();
    scripts.get("npc", url, answers::add);
    return await(answers);
  }

  private ScriptAnswer await(List<ScriptAnswer> answers) throws InterruptedException {
    scripts.runOnce();
    scripts.tick();
    if (answers.isEmpty()) {
      assertThat(woken.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      scripts.runOnce();
      scripts.tick();
    }
    assertThat(answers).hasSize(1);
    return answers.get(0);
  }

  @Test
  void appendsAPathToTheBaseUrl() throws Exception {
    assertThat(get("/npc?x=1")).isEqualTo(ScriptAnswer.answered(200, KEY));
    assertThat(get("//elsewhere/x").ok()).isTrue();
    assertThat(paths).containsExactly("/base/npc?x=1", "/base//elsewhere/x");
  }

  @Test
  void postsJsonToTheService() throws Exception {
    List<ScriptAnswer> answers = new ArrayList<>();
    scripts.post("npc", "/npc", "{\"é\":1}", answers::add);
    assertThat(await(answers).body()).isEqualTo(KEY + "{\"é\":1}");
  }

  @Test
  void neverSendsTheKeyToAnAllowedHost() throws Exception {
    assertThat(get(url(foreign, "/wiki")).body()).isEqualTo("foreign");
    assertThat(foreignHeaders).hasSize(1);
    assertThat(foreignHeaders.peek().toString()).doesNotContain(KEY).doesNotContain("X-server-id");
  }

  @Test
  void asksNoOtherPortOfTheServicesHost() throws Exception {
    client.close();
    start("");
    assertThat(get(url(foreign, "/")).problem()).endsWith("is not among allowed_hosts");
    assertThat(foreignHeaders).isEmpty();
  }

  @Test
  void asksNothingButHttp() throws Exception {
    for (String url :
        List.of(
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "gopher://x",
            "javascript:1",
            "x",
            "http://",
            "http:///x",
            "https://127.0.0.1:" + service.getAddress().getPort() + "/")) {
      ScriptAnswer answer = get(url);
      assertThat(answer.ok()).as(url).isFalse();
      assertThat(answer.status()).as(url).isNotPositive();
    }
    assertThat(paths).isEmpty();
  }

  @Test
  void isNotFooledByUserInfoOrCase() throws Exception {
    String port = ":" + service.getAddress().getPort();
    assertThat(get("http://127.0.0.1" + port + "@evil.example/").problem())
        .isEqualTo("evil.example:80 is not among allowed_hosts");
    assertThat(get("http://127.0.0.1" + port + "\\@evil.example/").problem())
        .doesNotContain("evil.example:80 did not");
    assertThat(get("HTTP://127.0.0.1" + port + "/base/up").ok()).isTrue();
  }

  @Test
  void followsNoRedirect() throws Exception {
    ScriptAnswer answer = get("/away");
    assertThat(answer.ok()).isFalse();
    assertThat(answer.status()).isEqualTo(302);
    assertThat(foreignHeaders).isEmpty();
  }

  @Test
  void cutsACompressedAnswerByWhatItHolds() throws Exception {
    ScriptAnswer answer = get("/bomb");
    assertThat(answer.body()).isEqualTo("é".repeat(5120));
  }
}
