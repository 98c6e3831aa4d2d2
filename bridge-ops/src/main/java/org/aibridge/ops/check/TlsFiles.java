package org.aibridge.ops.check;

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
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.aibridge.core.config.BridgeConfig;

/** Makes TLS of the PEM files an operator has named. */
final class TlsFiles {
  private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519");
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final char[] NO_PASSWORD = new char[0];

  private TlsFiles() {}

  /**
   * What the bridge would connect with.
   *
   * @param request told when the service asks for a certificate and none is configured
   * @throws IOException if a file holds not what it should; the message names it
   */
  static SSLContext context(BridgeConfig.Tls tls, CertificateRequest request) throws IOException {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(tls.caCert() == null ? null : trusted(tls.caCert()));
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] identity = tls.clientCert() == null ? new KeyManager[] {request} : identity(tls);
      context.init(identity, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the TLS files cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore trusted(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate authority : certificates(file)) {
      store.setCertificateEntry("ca-" + number++, authority);
    }
    return store;
  }

  private static KeyManager[] identity(BridgeConfig.Tls tls)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    Certificate[] chain = certificates(tls.clientCert()).toArray(Certificate[]::new);
    store.setKeyEntry("client", privateKey(tls.clientKey()), NO_PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IOException(file + " holds no certificate in PEM form");
      }
      return found;
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file);
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException(file + " holds no unencrypted PKCS #8 private key in PEM form");
    }
    byte[] key = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
    for (String kind : KEY_KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(key));
      } catch (InvalidKeySpecException e) {
        continue; // of another kind
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
