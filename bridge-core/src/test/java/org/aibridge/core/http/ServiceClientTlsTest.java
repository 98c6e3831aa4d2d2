package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real TLS, with a certificate made for the test. */
@Tag("slow")
@Timeout(60)
class ServiceClientTlsTest {
  private static final String PASSWORD = "changeit";

  /** As of a gateway that would rather have HTTP/2, which this server does not speak. */
  private static final String[] PROTOCOLS = {"h2", "http/1.1"};

  @TempDir Path folder;
  private final List<Integer> bodies = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private HttpsServer server;

  @BeforeEach
  void serve() throws Exception {
    Path keys = folder.resolve("service.p12");
    keytool(keys, "-genkeypair", "-keyalg", "EC", "-dname", "CN=ai", "-ext", "san=dns:localhost");
    keytool(keys, "-exportcert", "-rfc", "-file", "" + certificate());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters connection) {
            SSLParameters parameters = context.getDefaultSSLParameters();
            parameters.setApplicationProtocols(PROTOCOLS);
            connection.setSSLParameters(parameters);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          bodies.add(exchange.getRequestBody().readAllBytes().length);
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
        });
    server.createContext(
        "/api/v1/unread",
        exchange -> {
          try {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task);
              thread.setDaemon(true);
              return thread;
            }));
    server.start();
  }

  @AfterEach
  void end() {
    ended.countDown();
    server.stop(0);
  }

  @Test
  void sendsSmallAndLargeBodiesOverOneEncryptedConnection() throws Exception {
    List<Integer> lengths = List.of(0, 10, 20_000, 300_000, 10);
    try (ServiceClient client = client("")) {
      for (int length : lengths) {
        assertThat(Calls.ask(client, Calls.post(new byte[length])).kind())
            .isEqualTo(Answer.Kind.OK);
      }
    }
    assertThat(bodies).isEqualTo(lengths);
  }

  @Test
  void endsWriteThatNobodyReadsWithTheCall() throws Exception {
    try (ServiceClient client = client("timeout_connect = 500\ntimeout_read = 500")) {
      ServiceRequest large =
          ServiceRequest.post(
              ServiceRequest.Caller.DISPATCH, "/api/v1/unread", new byte[32 << 20], "k", 10, true);
      assertThat(Calls.ask(client, large).kind()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(Calls.ask(client, Calls.post(new byte[1])).kind()).isEqualTo(Answer.Kind.OK);
    }
  }

  private ServiceClient client(String lines) throws IOException {
    String url = "https://localhost:" + server.getAddress().getPort();
    return new ServiceClient(
        TestConfig.of(url, "tls_ca_cert = " + certificate() + "\n" + lines),
        new ManualClock(),
        "test",
        Wire.OF_MACHINE);
  }

  private Path certificate() {
    return folder.resolve("service.pem");
  }

  private static void keytool(Path keys, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-keystore",
                "" + keys,
                "-storepass",
                PASSWORD,
                "-alias",
                "key"));
    command.addAll(Arrays.asList(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
