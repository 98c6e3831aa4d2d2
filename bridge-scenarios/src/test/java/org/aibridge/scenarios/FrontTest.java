package org.aibridge.scenarios;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client of the front sees, and what the service behind it does. */
class FrontTest {
  private static final String ANSWER = "HTTP/1.1 200 Fake\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}";

  @TempDir Path folder;
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private LoopbackServer<Call> service;

  @BeforeEach
  void serve() throws IOException {
    service =
        new LoopbackServer<>(
            0,
            "service",
            0,
            Call::new,
            call -> {
              bodies.add(new String(call.body(), ISO_8859_1));
              call.raw(ANSWER);
            });
  }

  @AfterEach
  void end() {
    service.close();
  }

  @Test
  void givesEachAnswerTwiceWhileItSpoilsThem() throws IOException {
    try (Front front = front("'connection': 'doubled'")) {
      assertThat(answers(front, "one")).containsIgnoringCase("x-a: b").containsOnlyOnce("{}");
      front.spoil(true);
      assertThat(answers(front, "two")).containsPattern("(?s)\\{\\}HTTP/1.1 200 .*\\{\\}$");
      front.spoil(false);
      assertThat(answers(front, "three")).containsOnlyOnce("{}");
      assertThat(bodies).containsExactly("one", "two", "three");
    }
  }

  @Test
  void givesEachOddAnswerOnceAndKeepsFromTheServiceWhatItDoesNotTake() throws IOException {
    String no = "{'name': 'no', 'taken': false, 'answer': ['HTTP/1.1 418 x', '', '']}";
    String yes = "{'name': 'yes', 'taken': true, 'answer': 'ICY 200 OK\\n\\nmoo', 'closes': true}";
    try (Front front = front("'answers': [" + no + ", " + yes + "]")) {
      front.spoil(true);
      assertThat(front.left()).containsExactly("no", "yes");
      assertThat(answers(front, "a")).endsWith("{}");
      assertThat(answers(front, "b")).isEqualTo("HTTP/1.1 418 x\r\n\r\n");
      assertThat(answers(front, "c")).endsWith("{}");
      assertThat(answers(front, "d")).isEqualTo("ICY 200 OK\n\nmoo");
      assertThat(front.left()).isEmpty();
      assertThat(answers(front, "e")).endsWith("{}");
      assertThat(bodies).containsExactly("a", "c", "d", "e");
      assertThat(front.requests(0))
          .extracting(Request::status)
          .containsExactly(200, 418, 200, 200, 200);
      assertThat(front.requests(0).get(1).answer()).isEqualTo("no:\nHTTP/1.1 418 x\r\n\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"expired", "untrusted"})
  void showsABadCertificateUntilThereIsAGoodOneAgain(String how) throws Exception {
    try (Front front = front("'connection': '" + how + "'")) {
      SSLContext client = trusting(Path.of(front.settings(folder).get("ai_service.tls_ca_cert")));
      assertThat(ask(front, client)).isEqualTo(200);
      front.spoil(true);
      assertThatThrownBy(() -> ask(front, client))
          .hasRootCauseInstanceOf(
              how.equals("expired")
                  ? CertificateExpiredException.class
                  : CertPathBuilderException.class);
      front.spoil(false);
      assertThat(ask(front, client)).isEqualTo(200);
      assertThat(bodies).hasSize(2);
    }
  }

  private Front front(String play) throws IOException {
    String about = "{'play': {" + play + "}}";
    return new Front(Plan.of(Json.read(about.replace('\'', '"'))), 0, service.baseUrl());
  }

  /** All that comes to one request with events until the connection is closed. */
  private static String answers(Front front, String body) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", URI.create(front.baseUrl()).getPort())) {
      String request =
          "POST /api/v1/events/dispatch HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s";
      socket.getOutputStream().write(request.formatted(body.length(), body).getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static int ask(Front front, SSLContext client) throws IOException {
    HttpsURLConnection connection =
        (HttpsURLConnection)
            URI.create(front.baseUrl() + "/api/v1/health").toURL().openConnection();
    connection.setSSLSocketFactory(client.getSocketFactory());
    return connection.getResponseCode();
  }

  private static SSLContext trusting(Path authority) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(authority))) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
