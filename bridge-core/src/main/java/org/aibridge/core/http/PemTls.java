package org.aibridge.core.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.aibridge.core.config.BridgeConfig;

/** TLS from PEM files: an authority of our own, a client certificate, or both. */
final class PemTls {
  private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519");

  private PemTls() {}

  /** Makes {@code builder} use what {@code tls} names; nothing if it names nothing. */
  static void apply(BridgeConfig.Tls tls, OkHttpClient.Builder builder) throws IOException {
    if (tls.caCert() == null && tls.clientCert() == null) {
      return;
    }
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(tls.caCert() == null ? null : trusted(tls.caCert()));
      KeyManagerFactory keys = null;
      if (tls.clientCert() != null) {
        keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(identity(tls.clientCert(), tls.clientKey()), new char[0]);
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
      builder.sslSocketFactory(
          context.getSocketFactory(), (X509TrustManager) trust.getTrustManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new IOException("the TLS files cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore trusted(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate certificate : certificates(file)) {
      store.setCertificateEntry("ca-" + number++, certificate);
    }
    return store;
  }

  private static KeyStore identity(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        privateKey(key),
        new char[0],
        certificates(certificate).toArray(Certificate[]::new));
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new IOException(file + " holds no certificate in PEM form");
      }
      return all;
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file);
    String head = "-----BEGIN PRIVATE KEY-----";
    int start = pem.indexOf(head);
    int end = pem.indexOf("-----END PRIVATE KEY-----");
    if (start < 0 || end < start) {
      throw new IOException(file + " holds no unencrypted PKCS #8 private key in PEM form");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(start + head.length(), end));
    for (String kind : KEY_KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        continue;
      }
    }
    throw new IOException(file + " holds a private key of none of the kinds " + KEY_KINDS);
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
