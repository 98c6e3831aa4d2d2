package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.aibridge.ops.CommandRun.Found;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check} says about certificates, each made for the test. */
@Tag("slow")
class CheckTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** An authority, and a key of the service with a request for its signature. */
  @TempDir private static Path authorities;

  @TempDir Path folder;
  private CommandRun run;
  private HttpsServer server;

  @BeforeAll
  static void makeKeys() throws Exception {
    Path authority = authorities.resolve("ca.p12");
    Path service = authorities.resolve("service.p12");
    keytool(authority, "-genkeypair", "-keyalg", "EC", "-dname", "CN=ca", "-ext", "bc:c");
    keytool(authority, "-exportcert", "-rfc", "-file", authorities + "/ca.pem");
    keytool(service, "-genkeypair", "-keyalg", "EC", "-dname", "CN=ai");
    keytool(service, "-certreq", "-file", authorities + "/request");
  }

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  @AfterEach
  void end() {
    if (server != null) {
      server.stop(0);
    }
  }

  @Test
  void isContentWithACertificateOfOurAuthority() throws Exception {
    serve(false, "-ext", "san=dns:localhost", "-validity", "90");
    configure();
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("✓ tls", "TLSv1.3", "valid until", "✓ health", "✓ credentials");
  }

  @Test
  void saysThatNobodyWeTrustHasSigned() throws Exception {
    serve(false, "-ext", "san=dns:localhost");
    run.conf(url());
    Found found = run.check("tls").get(0);
    assertThat(found.detail()).contains("signed by nobody we trust");
    assertThat(found.advice()).contains("tls_ca_cert");
    assertThat(run.check("health").get(0).level()).isEqualTo("skipped");
  }

  @Test
  void saysThatTheNameIsAnother() throws Exception {
    serve(false, "-ext", "san=dns:ai.example");
    configure();
    assertThat(run.check("tls").get(0).detail()).contains("for another name than localhost");
  }

  @Test
  void saysThatItHasExpired() throws Exception {
    serve(false, "-ext", "san=dns:localhost", "-startdate", "-10d", "-validity", "3");
    configure();
    assertThat(run.check("tls").get(0).detail()).contains("has expired");
  }

  @Test
  void saysThatItIsNotValidYet() throws Exception {
    serve(false, "-ext", "san=dns:localhost", "-startdate", "+10d", "-validity", "3");
    configure();
    assertThat(run.check("tls").get(0).detail()).contains("not valid yet");
  }

  @Test
  void warnsOfOneThatExpiresSoon() throws Exception {
    serve(false, "-ext", "san=dns:localhost", "-validity", "3");
    configure();
    assertThat(run.run("check")).isZero();
    assertThat(run.out).contains("! tls", "renew");
  }

  @Test
  void saysThatTheServiceWantsACertificate() throws Exception {
    serve(true, "-ext", "san=dns:localhost", "-validity", "90");
    configure();
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.out).contains("tls_client_cert");
  }

  @Test
  void saysThatThereIsNoTls(@AiService FakeAiService service) throws Exception {
    run.conf(service.baseUrl().replace("http:", "https:"));
    Found found = run.check("tls").get(0);
    assertThat(found.detail()).contains("speaks no TLS");
    assertThat(found.advice()).contains("http://");
  }

  @Test
  void namesAKeyThatIsAnotherCertificates() throws Exception {
    serve(false, "-ext", "san=dns:localhost");
    Path key = folder.resolve("our.key");
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    Files.writeString(
        key,
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder()
                .encodeToString(keys.generateKeyPair().getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    run.conf(
        url(),
        "[ai_service]",
        "tls_client_cert = " + authorities.resolve("ca.pem"),
        "tls_client_key = " + key);
    Found found = run.check("tls").get(0);
    assertThat(found.level()).isEqualTo("failure");
    assertThat(found.detail()).contains("tls_client_key", "our.key", "ca.pem");
  }

  @Test
  void namesAnAuthorityThatIsNone() throws Exception {
    serve(false, "-ext", "san=dns:localhost");
    Path file = folder.resolve("empty.pem");
    Files.writeString(file, "");
    run.conf(url(), "[ai_service]", "tls_ca_cert = " + file);
    assertThat(run.run("check")).isEqualTo(1);
    assertThat(run.out).contains("✗ tls", "empty.pem holds no certificate", "tls_ca_cert");
  }

  private String url() {
    return "https://localhost:" + server.getAddress().getPort();
  }

  private void configure() throws Exception {
    run.conf(url(), "[ai_service]", "tls_ca_cert = " + authorities.resolve("ca.pem"));
  }

  /** Starts a service whose certificate keytool makes with these options. */
  private void serve(boolean wantsCertificate, String... options) throws Exception {
    Certificate certificate = certify(List.of(options));
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context(certificate)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setNeedClientAuth(wantsCertificate);
            parameters.setSSLParameters(wanted);
          }
        });
    byte[] body = "{\"status\":\"ok\",\"actions\":[]}".getBytes(StandardCharsets.US_ASCII);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /** What the authority has signed for the service's key. */
  private Certificate certify(List<String> options) throws Exception {
    Path signed = folder.resolve("signed");
    List<String> sign = new ArrayList<>(List.of("-gencert", "-infile", authorities + "/request"));
    sign.addAll(List.of("-outfile", signed.toString()));
    sign.addAll(options);
    keytool(authorities.resolve("ca.p12"), sign.toArray(String[]::new));
    return certificate(signed);
  }

  private static Certificate certificate(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static SSLContext context(Certificate certificate) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(authorities.resolve("service.p12"))) {
      store.load(in, PASSWORD);
    }
    Certificate[] chain = {certificate, certificate(authorities.resolve("ca.pem"))};
    store.setKeyEntry("ai", store.getKey("ai", PASSWORD), PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static void keytool(Path store, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-alias", "ai", "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", new String(PASSWORD), "-keystore", store.toString()));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
  }
}
