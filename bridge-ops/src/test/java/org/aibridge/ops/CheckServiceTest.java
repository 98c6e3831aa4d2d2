package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.ops.CommandRun.Found;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code check} finds out about AI services of all kinds, over real connections. */
@Tag("slow")
class CheckServiceTest {
  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  @Test
  void isContentWithAHealthyService(@AiService FakeAiService service) throws Exception {
    run.conf(service.baseUrl());
    assertThat(run.run("check")).isZero();
    assertThat(run.out)
        .contains("✓ configuration", "✓ java", "✓ journal", "✓ dead letters", "✓ actions")
        .contains("✓ ring", "✓ host name", "✓ connect", "✓ health", "✓ credentials")
        .contains("status \"healthy\"", "Ready")
        .doesNotContain("✗");
  }

  @Test
  void sendsWhatTheBridgeWouldSend(@AiService FakeAiService service) throws Exception {
    run.conf(
        service.baseUrl(), "[ai_service]", "api_key_env = THE_KEY", "[bridge]", "server_id = s1");
    run.environment.put("THE_KEY", "abc-123");
    assertThat(run.run("check")).isZero();
    assertThat(service.requests()).hasSize(3);
    assertThat(service.requests())
        .allSatisfy(
            request -> {
              assertThat(request.header("X-API-Key")).contains("abc-123");
              assertThat(request.header("X-Server-Id")).contains("s1");
            });
    assertThat(run.out).contains("comes from the environment", "the api key is accepted");
  }

  @Test
  void sendsABearerTokenInAuthorization(@AiService FakeAiService service) throws Exception {
    run.conf(service.baseUrl(), "[ai_service]", "api_key = abc", "api_key_header = Authorization");
    assertThat(run.run("check")).isZero();
    assertThat(service.requests().get(0).header("Authorization")).contains("Bearer abc");
  }

  @Test
  void takesNoActionAway(@AiService("action-feed") FakeAiService service) throws Exception {
    run.conf(service.baseUrl());
    assertThat(run.run("check")).isZero();
    assertThat(service.resultRequests()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "unauthorized, credentials, wants an api key and none is configured, api_key_file",
    "forbidden,    credentials, wants an api key and none is configured, api_key_file",
    "redirect,     health,      /elsewhere/api/v1/health,                follows no redirects",
    "down,         health,      out of service,                          see its log",
    "maintenance,  health,      out of service,                          maintenance",
    "garbage,      health,      not as an AI service does (text/html),   another program",
    "truncated,    health,      no usable answer,                        see whether",
    "reset,        health,      no usable answer,                        see whether",
    "empty,        health,      no usable answer,                        see whether",
    "hanging,      health,      no answer within 3000 ms,                hangs",
    "refusing,     connect,     refuses connections,                     start the AI service"
  })
  void saysWhatIsWrongAndWhatToDo(String scenario, String check, String detail, String advice)
      throws Exception {
    try (FakeAiService service = FakeAiService.start(scenario)) {
      int patience = scenario.equals("hanging") ? 3000 : 20_000;
      run.conf(service.baseUrl(), "[ai_service]", "timeout_read = " + patience);
      List<Found> found = run.check(check);
      assertThat(found).hasSize(1);
      assertThat(found.get(0).ok()).isFalse();
      assertThat(found.get(0).level()).isEqualTo("failure");
      assertThat(found.get(0).detail()).contains(detail);
      assertThat(found.get(0).advice()).contains(advice);
      assertThat(run.run("check")).isEqualTo(1);
      assertThat(run.out).contains("✗ " + check, "→ ", "Not ready");
    }
  }

  @Test
  void saysThatTheKeyIsRefused(@AiService("unauthorized") FakeAiService service) throws Exception {
    run.conf(service.baseUrl(), "[ai_service]", "api_key = wrong", "api_key_header = X-Key");
    Found found = run.check("credentials").get(0);
    assertThat(found.detail()).contains("the AI service refuses the api key", "401");
    assertThat(found.advice()).contains("X-Key");
  }

  @Test
  void warnsOfABusyServiceAndGoesOn(@AiService("rate-limited") FakeAiService service)
      throws Exception {
    run.conf(service.baseUrl());
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("! credentials", "too busy", "429");
  }

  @Test
  void followsNoRedirect(@AiService("redirect") FakeAiService service) throws Exception {
    run.conf(service.baseUrl());
    run.run("check");
    assertThat(service.requests())
        .isNotEmpty()
        .noneMatch(request -> request.path().contains("elsewhere"));
  }

  @Test
  void usesNoProxy(@AiService FakeAiService service) throws Exception {
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", "9");
    System.setProperty("http.nonProxyHosts", "");
    System.setProperty("socksProxyHost", "127.0.0.1");
    System.setProperty("socksProxyPort", "9");
    try {
      run.conf(service.baseUrl());
      assertThat(run.run("check")).isZero();
    } finally {
      for (String name : List.of("http.proxyHost", "http.proxyPort", "http.nonProxyHosts")) {
        System.clearProperty(name);
      }
      System.clearProperty("socksProxyHost");
      System.clearProperty("socksProxyPort");
    }
  }

  @Test
  void saysThatAPathLeadsNowhere(@AiService FakeAiService service) throws Exception {
    run.conf(service.baseUrl() + "/some/where");
    Found found = run.check("health").get(0);
    assertThat(found.detail()).contains("there is no /api/v1/health", "404");
    assertThat(found.advice()).contains("base_url");
  }

  @Test
  void saysThatAHostHasNoAddress() throws Exception {
    run.conf("http://no-such-host.invalid:8000");
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.out).contains("✗ host name", "no-such-host.invalid", "- health");
    assertThat(run.out).doesNotContain("connect ");
  }

  @Test
  void namesTheClosedPort() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    run.conf("http://127.0.0.1:" + port);
    Found found = run.check("connect").get(0);
    assertThat(found.detail())
        .isEqualTo("127.0.0.1 port " + port + " refuses connections, nothing listens there");
    assertThat(run.check("health").get(0).level()).isEqualTo("skipped");
  }

  @Test
  void showsTheAddressesOfAName(@AiService FakeAiService service) throws Exception {
    run.conf("http://localhost:" + service.port());
    assertThat(run.check("host name").get(0).detail())
        .startsWith("localhost is ")
        .contains("127.0.0.1");
    assertThat(run.check("connect").get(0).detail())
        .contains("port " + service.port() + " in ", "ms");
  }

  @Test
  void tellsAServiceThatSpeaksNoHttp() throws Exception {
    try (var server = new TextServer("SSH-2.0-OpenSSH_9.2\r\n")) {
      run.conf("http://127.0.0.1:" + server.port());
      Found found = run.check("health").get(0);
      assertThat(found.ok()).isFalse();
      assertThat(found.detail()).contains("no usable answer");
    }
  }

  @Test
  void asksNobodyWhenTheBridgeIsOff(@AiService FakeAiService service) throws Exception {
    run.conf(service.baseUrl(), "[bridge]", "enabled = no");
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("✓ journal", "- AI service", "switched off");
    assertThat(service.requests()).isEmpty();
  }

  /** Says one thing to whoever connects. */
  private static final class TextServer implements AutoCloseable {
    private final ServerSocket socket;

    TextServer(String text) throws IOException {
      socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
      Thread thread = new Thread(() -> serve(text), "text server");
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return socket.getLocalPort();
    }

    private void serve(String text) {
      while (!socket.isClosed()) {
        try (var connection = socket.accept()) {
          connection.getOutputStream().write(text.getBytes());
        } catch (IOException e) {
          continue; // closed by us or by the other side
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
