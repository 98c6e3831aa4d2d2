package org.aibridge.ops.check;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import org.aibridge.core.text.CertificateTrouble;

/** Checks whether a TLS handshake succeeds; if not, reports whose certificate is to blame. */
final class TlsCheck {
  private static final String NAME = "tls";
  private static final Duration SOON = Duration.ofDays(14);

  private final String host;
  private final int port;
  private final Duration timeout;
  private final InstantSource clock;
  private final Consumer<Finding> findings;

  TlsCheck(
      String host, int port, Duration timeout, InstantSource clock, Consumer<Finding> findings) {
    this.host = host;
    this.port = port;
    this.timeout = timeout;
    this.clock = clock;
    this.findings = findings;
  }

  /** Makes a TLS handshake and closes {@code connection}; true if no problem was found. */
  boolean run(Socket connection, SSLContext context) {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(connection, host, port, true)) {
      socket.setSoTimeout((int) timeout.toMillis());
      socket.startHandshake();
      // The bridge uses OkHttp too, which accepts a name with an underscore; the JDK refuses it.
      boolean named = new OkHttpClient().hostnameVerifier().verify(host, socket.getSession());
      findings.accept(named ? describe(socket.getSession()) : misnamed());
      return named;
    } catch (IOException e) {
      findings.accept(explain(e));
      return false;
    }
  }

  private Finding describe(SSLSession session) throws IOException {
    X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
    Instant end = certificate.getNotAfter().toInstant();
    LocalDate day = LocalDate.ofInstant(end, ZoneOffset.UTC);
    String detail = session.getProtocol() + ", the certificate is valid until " + day;
    return end.isBefore(clock.instant().plus(SOON))
        ? Finding.warning(NAME, detail, "renew the AI service's certificate")
        : Finding.ok(NAME, detail);
  }

  /** Returns a finding on a TLS failure, with advice for whoever must repair it. */
  private Finding explain(IOException failure) {
    CertificateTrouble trouble = CertificateTrouble.of(failure);
    if (trouble != null) {
      return fail("the service's " + trouble, advice(trouble));
    }
    String message = String.valueOf(root(failure).getMessage());
    if (message.contains("bad_certificate") || message.contains("certificate_required")) {
      return fail(
          "the service does not take our certificate, or wants one",
          "set tls_client_cert and tls_client_key to what the service expects");
    }
    return explainConnection(failure, message);
  }

  private static String advice(CertificateTrouble trouble) {
    return switch (trouble) {
      case EXPIRED -> "renew it, on the AI service's side";
      case NOT_YET -> "see whether the clocks of both machines are right";
      case UNTRUSTED -> "set tls_ca_cert to the certificate (PEM) of the authority that signed it";
    };
  }

  private Finding explainConnection(IOException failure, String message) {
    if (message.contains("Unsupported or unrecognized SSL message")) {
      return fail("what listens there speaks no TLS", "use http:// in base_url, or another port");
    }
    if (failure instanceof SocketTimeoutException) {
      return fail(
          "no TLS within " + timeout.toMillis() + " ms (timeout_connect)",
          "see whether what listens on that port speaks TLS");
    }
    if (failure instanceof EOFException || root(failure) instanceof EOFException) {
      return fail("the connection was closed before TLS began", "see the AI service's log");
    }
    return fail(
        "no TLS: " + (failure instanceof SSLException ? "" : "connection lost, ") + message,
        "see which TLS versions and certificates the AI service takes");
  }

  private Finding misnamed() {
    return fail(
        "the service's certificate is for another name than " + host,
        "use the name in the certificate in base_url, or have a certificate made for " + host);
  }

  private static Finding fail(String detail, String advice) {
    return Finding.failure(NAME, detail, advice);
  }

  private static Throwable root(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return at;
  }
}
