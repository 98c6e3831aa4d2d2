package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.aibridge.core.run.ManualClock;
import org.aibridge.testlib.Certificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is shown which certificate, and which certificates are taken. */
@Tag("slow")
@Timeout(120)
class TlsIdentityTest {
  @TempDir private static Path folder;
  private static Certificates made;

  private final List<HttpsServer> servers = new ArrayList<>();

  /** Who each request came from, by certificate. */
  private final List<String> callers = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void makeKeys() throws Exception {
    String name = "san=dns:localhost";
    made = new Certificates(folder);
    made.sign("service", "EC", "-ext", name, "-validity", "90");
    made.sign("expired", "EC", "-ext", name, "-startdate", "-10d", "-validity", "3");
    made.sign("early", "EC", "-ext", name, "-startdate", "+10d", "-validity", "3");
    made.sign("us", "EC").sign("us2", "EC").sign("usRsa", "RSA").sign("usEd", "Ed25519");
    made.sign("usExpired", "EC", "-startdate", "-10d", "-validity", "3");
    made.sign("usEarly", "EC", "-startdate", "+10d", "-validity", "3");
    made.sign("usRsa2", "RSA");
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  private String serve(String name) throws Exception {
    SSLContext context = made.server(name);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          callers.add(caller((HttpsExchange) exchange));
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    server.start();
    servers.add(server);
    return "https://localhost:" + server.getAddress().getPort();
  }

  private static String caller(HttpsExchange exchange) {
    try {
      return exchange.getSSLSession().getPeerPrincipal().getName()
          + " "
          + exchange.getRequestHeaders().getFirst("X-API-Key")
          + " "
          + exchange.getRequestHeaders().getFirst("X-Server-Id");
    } catch (SSLPeerUnverifiedException e) {
      return "nobody " + exchange.getRequestHeaders().getFirst("X-API-Key");
    }
  }

  private static String identity(String certificate, String key) {
    return "tls_ca_cert = %s\ntls_client_cert = %s\ntls_client_key = %s\napi_key = k1\n"
        .formatted(made.authority(), made.certificate(certificate), made.key(key));
  }

  private static final String HOSTS =
      "[script_http]\nallowed_hosts = localhost\nallowed_networks = 127.0.0.0/8, ::1\n";

  private static ServiceClient client(String url, String lines) throws IOException {
    return new ServiceClient(TestConfig.of(url, lines), new ManualClock(), "test", Wire.OF_MACHINE);
  }

  private static Answer get(ServiceClient client, String url) throws Exception {
    return Calls.ask(client, Calls.get(ServiceRequest.Caller.SCRIPT, url));
  }

  @Test
  void showsItsCertificateToTheServiceAlone() throws Exception {
    String service = serve("service");
    String host = serve("service");
    System.setProperty("javax.net.ssl.trustStore", "" + made.trustStore());
    System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
    try (ServiceClient client = client(service, identity("us", "us") + HOSTS)) {
      assertThat(get(client, "/npc").kind()).isEqualTo(Answer.Kind.OK);
      assertThat(get(client, host + "/npc").problem()).isEmpty();
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
    assertThat(callers).containsExactly("CN=us k1 s1", "nobody null");
  }

  @Test
  void trustsTheServicesAuthorityForTheServiceAlone() throws Exception {
    String service = serve("service");
    String host = serve("service");
    try (ServiceClient client = client(service, identity("us", "us") + HOSTS)) {
      assertThat(get(client, "/npc").kind()).isEqualTo(Answer.Kind.OK);
      Answer answer = get(client, host + "/npc");
      assertThat(answer.kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(answer.problem()).endsWith("its certificate is signed by nobody we trust");
    }
    assertThat(callers).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"expired, has expired", "early, not valid yet"})
  void sendsNothingToAServiceWhoseCertificateIsNotValidNow(String name, String why)
      throws Exception {
    try (ServiceClient client = client(serve(name), identity("us", "us"))) {
      Answer answer = Calls.ask(client, Calls.post(new byte[10]));
      assertThat(answer.kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(answer.problem()).contains(why);
    }
    assertThat(callers).isEmpty();
  }

  /** The service decides; ours may only be early by its clock, not by ours. */
  @ParameterizedTest
  @CsvSource({"usExpired", "usEarly"})
  void tellsThatTheServiceRefusesOurCertificate(String name) throws Exception {
    try (ServiceClient client = client(serve("service"), identity(name, name))) {
      Answer answer = Calls.ask(client, Calls.post(new byte[10]));
      assertThat(answer.kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(answer.problem()).isNotEmpty();
    }
    assertThat(callers).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"us", "usRsa", "usEd"})
  void takesAKeyThatFitsItsCertificate(String name) throws Exception {
    try (ServiceClient client = client(serve("service"), identity(name, name))) {
      assertThat(get(client, "/npc").problem()).isEmpty();
    }
    assertThat(callers).containsExactly("CN=" + name + " k1 s1");
  }

  @ParameterizedTest
  @CsvSource({
    "us, us2",
    "us2, us",
    "us, usRsa",
    "usRsa, us",
    "usRsa, usRsa2",
    "usEd, us",
    "us, usEd"
  })
  void refusesTheKeyOfAnotherCertificateAtAStartAndAtAReload(String certificate, String key)
      throws Exception {
    String url = serve("service");
    assertThatThrownBy(() -> client(url, identity(certificate, key)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tls_client_key")
        .hasMessageContaining("" + made.key(key))
        .hasMessageContaining("" + made.certificate(certificate));
    try (ServiceClient client = client(url, identity("us", "us"))) {
      assertThatThrownBy(() -> client.reconfigure(TestConfig.of(url, identity(certificate, key))))
          .isInstanceOf(IOException.class);
      assertThat(get(client, "/npc").kind()).isEqualTo(Answer.Kind.OK);
    }
    assertThat(callers).containsExactly("CN=us k1 s1");
  }
}
