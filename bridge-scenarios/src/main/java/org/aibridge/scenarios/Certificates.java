package org.aibridge.scenarios;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** An authority, and certificates of 127.0.0.1 that a service shows. Immutable. */
final class Certificates {
  private static final String HOST = "127.0.0.1";

  private final HeldCertificate authority = authority();

  private static HeldCertificate authority() {
    return new HeldCertificate.Builder().certificateAuthority(0).build();
  }

  /** Writes the authority's certificate where {@code tls_ca_cert} can name it. */
  Path write(Path folder) throws IOException {
    return Files.writeString(folder.resolve("authority.pem"), authority.certificatePem());
  }

  /** What a server needs to show a good certificate. */
  SSLContext good() {
    return showing(signedBy(authority).build());
  }

  /** One that was good until a minute ago. */
  SSLContext expired() {
    long now = System.currentTimeMillis();
    return showing(
        signedBy(authority)
            .validityInterval(now - TimeUnit.DAYS.toMillis(90), now - TimeUnit.MINUTES.toMillis(1))
            .build());
  }

  /** One of an authority that nobody knows. */
  SSLContext untrusted() {
    return showing(signedBy(authority()).build());
  }

  private static HeldCertificate.Builder signedBy(HeldCertificate signer) {
    return new HeldCertificate.Builder().addSubjectAlternativeName(HOST).signedBy(signer);
  }

  private static SSLContext showing(HeldCertificate certificate) {
    return new HandshakeCertificates.Builder().heldCertificate(certificate).build().sslContext();
  }
}
