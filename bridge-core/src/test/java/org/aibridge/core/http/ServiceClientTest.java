package org.aibridge.core.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.aibridge.api.status.GateState;
import org.aibridge.core.run.BridgeClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ServiceClientTest {
  private static final String FAST = "timeout_connect = 300\ntimeout_read = 300\n";

  private final BridgeClock clock = BridgeClock.system();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private RawService service;

  @BeforeEach
  void start() throws Exception {
    service = open(new RawService(RawService.answering(200, "", "{}")));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Test
  void sendsTheHeadersOfTheContractAndNoOthersInTheirPlace() throws Exception {
    ServiceClient client = client("api_key = secret-1");
    byte[] body = "{\"events\":[]}".getBytes(StandardCharsets.UTF_8);
    Calls.ask(client, Calls.post(body));
    RawService.Received request = service.received().get(0);
    assertThat(request.line()).isEqualTo("POST /api/v1/events/dispatch HTTP/1.1");
    assertThat(request.header("Content-Type")).isEqualTo("application/json");
    assertThat(request.header("X-API-Key")).isEqualTo("secret-1");
    assertThat(request.header("X-Server-Id")).isEqualTo("s1");
    assertThat(request.header("Idempotency-Key")).isEqualTo("key-1");
    assertThat(request.header("Content-Encoding")).isNull();
    assertThat(request.header("Authorization")).isNull();
    assertThat(request.body()).isEqualTo(body);
  }

  @Test
  void sendsTheKeyAsABearerTokenWhereTheHeaderIsAuthorization() throws Exception {
    ServiceClient client = client("api_key = secret-1\napi_key_header = Authorization");
    Calls.ask(client, Calls.post(new byte[0]));
    assertThat(service.received().get(0).header("Authorization")).isEqualTo("Bearer secret-1");
    assertThat(service.received().get(0).header("X-API-Key")).isNull();
  }

  @Test
  void sendsNoKeyToAnyOtherHost() throws Exception {
    RawService other = open(new RawService(RawService.answering(200, "", "{}")));
    ServiceClient client =
        client(
            "api_key = secret-1\napi_key_header = Authorization\n[script_http]\n"
                + "allowed_hosts = 127.0.0.1, localhost\nallowed_networks = 127.0.0.0/8 ::1");
    Calls.ask(client, Calls.get(ServiceRequest.Caller.SCRIPT, other.url() + "/x"));
    Calls.ask(
        client, Calls.get(ServiceRequest.Caller.SCRIPT, "http://localhost:" + service.port()));
    assertThat(other.received().get(0).headers())
        .doesNotContainKeys("authorization", "x-server-id");
    assertThat(service.received().get(0).headers().toString()).doesNotContain("secret-1");
  }

  @Test
  void letsNoScriptGoWhereItMayNotWhateverHasJudgedItBefore() throws Exception {
    ServiceClient client = client(service.url() + "/game", "api_key = secret-1");
    for (String url :
        List.of(
            "/../admin",
            "/%2e%2e/admin",
            "/%252e%252e/admin",
            "/\\..\\admin",
            "/.\t./admin",
            "/..;/admin",
            "/api/v1/actions/pending",
            "/API/v1/actions//complete",
            service.url() + "/admin",
            "http://wiki.example/")) {
      ServiceRequest request = Calls.get(ServiceRequest.Caller.SCRIPT, url);
      assertThat(Calls.ask(client, request).kind()).as(url).isEqualTo(Answer.Kind.REFUSED);
      assertThat(client.problem(url)).as(url).isNotEmpty();
    }
    assertThat(service.connections()).isZero();
    Calls.ask(client, Calls.get(ServiceRequest.Caller.ACTIONS, "/api/v1/actions/pending"));
    assertThat(service.received()).as("the bridge's own request").hasSize(1);
  }

  @Test
  void opensNoConnectionForAScriptOutsideAllowedNetworks() throws Exception {
    RawService host = open(new RawService(RawService.answering(200, "", "{}")));
    String hosts = "[script_http]\nallowed_hosts = localhost, 127.0.0.1, [::ffff:127.0.0.1]\n";
    ServiceClient client = client(hosts);
    String port = ":" + host.port() + "/";
    List<String> urls = List.of("http://localhost", "http://127.0.0.1", "http://[::ffff:7f00:1]");
    for (String url : urls) {
      Answer answer = Calls.ask(client, Calls.get(ServiceRequest.Caller.SCRIPT, url + port));
      assertThat(answer.problem())
          .contains("127.0.0.1 is loopback", "[script_http] allowed_networks");
    }
    assertThat(host.connections()).isZero();
    client.reconfigure(TestConfig.of(service.url(), hosts + "allowed_networks = 127.0.0.1"));
    for (String url : urls) {
      assertThat(Calls.ask(client, Calls.get(ServiceRequest.Caller.SCRIPT, url + port)).problem())
          .isEmpty();
    }
    assertThat(host.connections()).isPositive();
    client.reconfigure(TestConfig.of(service.url(), hosts));
    for (String url : urls) {
      assertThat(Calls.ask(client, Calls.get(ServiceRequest.Caller.SCRIPT, url + port)).problem())
          .as("over a connection that was left")
          .contains("allowed_networks");
    }
    assertThat(host.received()).hasSize(3);
  }

  @Test
  void asksNoProxyOfTheJvm() throws Exception {
    System.setProperty("socksProxyHost", "127.0.0.1");
    System.setProperty("socksProxyPort", "9");
    System.setProperty("socksNonProxyHosts", "");
    try {
      ServiceClient client = client("");
      assertThat(Calls.ask(client, Calls.post(new byte[1])).problem()).isEmpty();
    } finally {
      System.clearProperty("socksProxyHost");
      System.clearProperty("socksProxyPort");
      System.clearProperty("socksNonProxyHosts");
    }
  }

  @Test
  void carriesTheKeyNowhereWhenRedirected() throws Exception {
    RawService other = open(new RawService(RawService.answering(200, "", "{}")));
    service.behave(RawService.answering(307, "Location: " + other.url() + "/x", ""));
    ServiceClient client = client("api_key = secret-1");
    assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.REDIRECT);
    assertThat(other.connections()).isZero();
    assertThat(client.holdReason()).contains("correct base_url");
  }

  @Test
  void compressesWhatItSendsWhereConfigured() throws Exception {
    ServiceClient client = client("compression = gzip");
    byte[] body = ("{\"events\":[" + "1,".repeat(5000) + "1]}").getBytes(StandardCharsets.UTF_8);
    Calls.ask(client, Calls.post(body));
    RawService.Received request = service.received().get(0);
    assertThat(request.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(request.header("Content-Type")).isEqualTo("application/json");
    assertThat(request.body().length).isLessThan(body.length / 10);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(request.body())).readAllBytes())
        .isEqualTo(body);
  }

  @Test
  void asksOnceMoreOnANewConnectionWhenTheServiceClosedTheIdleOne() throws Exception {
    ServiceClient client = client("[circuit_breaker]\nfailure_threshold = 1");
    Calls.ask(client, Calls.post(new byte[0]));
    service.behave(
        (request, connection, out) -> {
          service.behave(RawService.answering(200, "", "{}"));
          connection.close();
        });
    assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.OK);
    assertThat(service.received()).hasSize(3);
    assertThat(service.received().get(2).header("Idempotency-Key"))
        .isEqualTo(service.received().get(1).header("Idempotency-Key"));
    assertThat(client.stats().failedRequests())
        .as("an idle connection that was closed tells nothing of the service")
        .isZero();
    service.behave((request, connection, out) -> connection.close());
    assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(client.stats().staleRequests()).as("counted apart").isEqualTo(2);
    assertThat(client.stats().failedRequests()).isEqualTo(1);
    assertThat(client.stats().requests()).isEqualTo(5);
    assertThat(client.breakerState()).as("a new connection does").isEqualTo(GateState.OPEN);
    assertThat(service.received()).hasSize(5);
  }

  @Test
  void givesUpOnAServiceThatNeverAnswers() throws Exception {
    service.behave((request, connection, out) -> Thread.sleep(60_000));
    assertTimesOut(new byte[10]);
  }

  @Test
  void givesUpOnAServiceThatSendsAByteNowAndThen() throws Exception {
    service.behave(
        (request, connection, out) -> {
          RawService.saying("HTTP/1.1 200 OK\nContent-Length: 100000\n\n")
              .serve(request, connection, out);
          while (!connection.isClosed()) {
            out.write(' ');
            out.flush();
            Thread.sleep(50);
          }
        });
    assertTimesOut(new byte[10]);
  }

  @Test
  void givesUpOnAServiceThatAcceptsAndNeverReads() throws Exception {
    try (java.net.ServerSocket deaf =
        new java.net.ServerSocket(0, 10, java.net.InetAddress.getLoopbackAddress())) {
      ServiceClient client =
          open(
              new ServiceClient(
                  TestConfig.of("http://127.0.0.1:" + deaf.getLocalPort(), FAST),
                  clock,
                  "test",
                  Wire.OF_MACHINE));
      assertTimesOut(client, new byte[32 << 20]);
    }
  }

  @Test
  void sendsAgainAfterTimeouts() throws Exception {
    service.behave((request, connection, out) -> Thread.sleep(60_000));
    ServiceClient client = client(FAST);
    Calls.ask(client, Calls.post(new byte[0]));
    service.behave(RawService.answering(200, "", ""));
    client.reconfigure(TestConfig.of(service.url(), ""));
    assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.OK);
  }

  @Test
  void cancelsWhatIsUnderWayWithoutCountingIt() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    service.behave(
        (request, connection, out) -> {
          asked.countDown();
          Thread.sleep(60_000);
        });
    ServiceClient client = client("[circuit_breaker]\nfailure_threshold = 1");
    CompletableFuture<Answer> answer = Calls.begin(client, Calls.post(new byte[0]));
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    client.cancelAll();
    assertThat(answer.get(5, TimeUnit.SECONDS).kind()).isEqualTo(Answer.Kind.CANCELLED);
    assertThat(client.breakerState()).isEqualTo(GateState.CLOSED);
  }

  @Test
  void givesBackItsLeaveWhenARequestCannotEvenBeMade() throws Exception {
    ServiceClient client =
        client("[circuit_breaker]\nfailure_threshold = 1\ntimeout = 1\nhalf_open_requests = 1");
    service.behave(RawService.answering(500, "", ""));
    Calls.ask(client, Calls.post(new byte[0]));
    await().until(() -> tryToSendNonsense(client));
    service.behave(RawService.answering(200, "", ""));
    assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.OK);
  }

  /** Whether there was leave to send what cannot be sent: a header value with a line end. */
  private static boolean tryToSendNonsense(ServiceClient client) {
    ServiceRequest nonsense =
        ServiceRequest.post(
            ServiceRequest.Caller.DISPATCH, "/x", new byte[0], "no\nheader", 100, false);
    try {
      return client.trySend(nonsense, answer -> {}) == 0;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  @Test
  void answersAtOnceWhatIsNoUrl() throws Exception {
    Answer answer =
        Calls.ask(client(""), Calls.get(ServiceRequest.Caller.SCRIPT, "gopher://nowhere"));
    assertThat(answer.kind()).isEqualTo(Answer.Kind.REFUSED);
  }

  @Test
  void isHeldByRefusedCredentialsUntilReconfigured() throws Exception {
    service.behave(RawService.answering(401, "", ""));
    ServiceClient client = client("api_key = wrong");
    Calls.ask(client, Calls.post(new byte[0]));
    assertThat(client.trySend(Calls.post(new byte[0]), a -> {})).isPositive();
    service.behave(RawService.answering(200, "", ""));
    client.reconfigure(TestConfig.of(service.url(), "api_key = right"));
    assertThat(client.holdReason()).isEmpty();
    assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.OK);
    assertThat(service.received().get(1).header("X-API-Key")).isEqualTo("right");
  }

  @Test
  void isNotHeldByWhatAScriptIsRefused() throws Exception {
    service.behave(RawService.answering(401, "", ""));
    ServiceClient client = client("");
    Calls.ask(client, Calls.get(ServiceRequest.Caller.SCRIPT, "/secret"));
    assertThat(client.holdReason()).isEmpty();
  }

  @Test
  void remembersATimeToStayAwayFromAnEarlierProcess() throws Exception {
    ServiceClient client = client("");
    client.restoreNotBefore(clock.epochMs() + 60_000);
    assertThat(client.trySend(Calls.post(new byte[0]), a -> {}))
        .as("a reload may end it sooner")
        .isEqualTo(ServiceClient.MAX_AWAY_NANOS);
    assertThat(client.retryAfterMs()).isBetween(50_000L, 60_000L);
    assertThat(client.notBeforeMs()).isPositive();
    ServiceClient another = client("");
    another.restoreNotBefore(clock.epochMs() - 60_000);
    another.restoreNotBefore(0);
    assertThat(Calls.ask(another, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.OK);
  }

  @Test
  void postsToWhereAReloadPoints() throws Exception {
    ServiceClient client = client("");
    assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.OK);
    try (RawService other = new RawService(RawService.answering(200, "", "{}"))) {
      client.reconfigure(TestConfig.of(other.url() + "/v2", ""));
      assertThat(Calls.ask(client, Calls.post(new byte[0])).kind()).isEqualTo(Answer.Kind.OK);
      assertThat(service.received()).hasSize(1);
      assertThat(other.received())
          .extracting(RawService.Received::line)
          .containsExactly("POST /v2/api/v1/events/dispatch HTTP/1.1");
    }
  }

  /**
   * What one system call has written, one reads: OkHttp's pieces have 8 KiB, and the loopback of
   * every system carries 16 at once.
   */
  @Test
  void sendsARequestInOnePiece() throws Exception {
    int requests = 20;
    List<Integer> pieces = new CopyOnWriteArrayList<>();
    byte[] body = new byte[12_000];
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> serving =
          CompletableFuture.runAsync(() -> countPieces(server, body.length, requests, pieces));
      ServiceClient client =
          open(
              new ServiceClient(
                  TestConfig.of("http://127.0.0.1:" + server.getLocalPort(), ""),
                  clock,
                  "test",
                  Wire.OF_MACHINE));
      for (int i = 0; i < requests; i++) {
        assertThat(Calls.ask(client, Calls.post(body)).kind()).isEqualTo(Answer.Kind.OK);
      }
      serving.get(20, TimeUnit.SECONDS);
    }
    assertThat(pieces).hasSize(requests).containsOnly(1);
  }

  /** Notes how many reads each request took. */
  private static void countPieces(
      ServerSocket server, int bodyBytes, int requests, List<Integer> pieces) {
    byte[] buffer = new byte[1 << 20];
    try (Socket connection = server.accept()) {
      for (int i = 0; i < requests; i++) {
        int count = 0;
        for (int total = 0; total < bodyBytes; count++) {
          int read = connection.getInputStream().read(buffer);
          if (read < 0) {
            return;
          }
          total += read;
        }
        pieces.add(count);
        connection
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes(US_ASCII));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void leavesNoThreadOfItsOwnWhenClosed() throws Exception {
    service.behave((request, connection, out) -> Thread.sleep(60_000));
    ServiceClient client =
        new ServiceClient(TestConfig.of(service.url(), ""), clock, "closing-test", Wire.OF_MACHINE);
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      answers.add(Calls.begin(client, Calls.post(new byte[0])));
    }
    await().until(() -> service.received().size() == 10);
    client.close();
    for (CompletableFuture<Answer> answer : answers) {
      assertThat(answer.get(5, TimeUnit.SECONDS).kind()).isEqualTo(Answer.Kind.CANCELLED);
    }
    // A pool counts its last thread out a moment before that thread has ended.
    await().until(() -> threads().stream().noneMatch(name -> name.startsWith("closing-test")));
    assertThat(client.trySend(Calls.post(new byte[0]), a -> {})).isPositive();
    client.close();
    // OkHttp shares these among all clients of a JVM; they are daemons and end after some idle
    // time.
    await()
        .untilAsserted(
            () ->
                assertThat(threads())
                    .filteredOn(name -> name.matches("(?i).*(okhttp|okio|circuit|resilience).*"))
                    .allMatch(
                        name ->
                            name.startsWith("OkHttp TaskRunner")
                                || name.startsWith("Okio Watchdog")));
  }

  @Test
  void keepsThreadsAndSocketsFlatOverManyFailures() throws Exception {
    ServiceClient client = client(FAST + "[circuit_breaker]\nfailure_threshold = 1000");
    RawService.Script[] faults = {
      (request, connection, out) -> connection.close(),
      RawService.answering(500, "", "x".repeat(100_000)),
      RawService.answering(200, "", "<html>"),
      RawService.saying("HTTP/1.1 200 OK\nContent-Length: 5\n\n{"),
    };
    int before = Thread.activeCount();
    for (int i = 0; i < 200; i++) {
      service.behave(faults[i % 40 == 39 ? 3 : i % 3]);
      Answer.Kind kind = Calls.ask(client, Calls.post(new byte[100])).kind();
      assertThat(kind).isIn(Answer.Kind.NO_ANSWER, Answer.Kind.FAILED);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> service.openConnections() <= 2);
    await().atMost(Duration.ofSeconds(30)).until(() -> Thread.activeCount() - before < 10);
    Path descriptors = Path.of("/proc/self/fd");
    if (Files.isDirectory(descriptors)) {
      client.look();
      assertThat(client.stats().connections()).isLessThanOrEqualTo(2);
    }
  }

  private void assertTimesOut(byte[] body) throws Exception {
    assertTimesOut(client(FAST), body);
  }

  private static void assertTimesOut(ServiceClient client, byte[] body) throws Exception {
    long start = System.nanoTime();
    Answer answer = Calls.ask(client, Calls.post(body));
    assertThat(answer.kind()).isEqualTo(Answer.Kind.NO_ANSWER);
    assertThat(answer.problem()).contains("in time");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .collect(Collectors.toList());
  }

  private ServiceClient client(String lines) throws Exception {
    return client(service.url(), lines);
  }

  private ServiceClient client(String url, String lines) throws Exception {
    return open(new ServiceClient(TestConfig.of(url, lines), clock, "test", Wire.OF_MACHINE));
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }
}
