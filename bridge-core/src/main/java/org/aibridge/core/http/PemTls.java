package org.aibridge.core.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
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
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.files.Disk;

/** TLS with PEM files: our own certificate authority, a client certificate, or both. */
public final class PemTls {
  private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519");
  private static final byte[] SAMPLE = {1};

  /** More than a file with all authorities of the web has. */
  private static final int MAX_BYTES = 4 << 20;

  private PemTls() {}

  /**
   * Makes {@code builder} use the files of {@code tls}; does nothing if there are none.
   *
   * @throws IOException if a file does not contain what it should, or the key is another
   *     certificate's; the message names the file
   */
  public static void apply(BridgeConfig.Tls tls, OkHttpClient.Builder builder) throws IOException {
    if (tls.caCert() == null && tls.clientCert() == null) {
      return;
    }
    try {
      TrustManager[] trust = trust(tls);
      SSLSocketFactory sockets = context(tls, trust, null).getSocketFactory();
      builder.sslSocketFactory(sockets, (X509TrustManager) trust[0]);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * Returns a TLS context with the files of {@code tls}, for a socket without OkHttp.
   *
   * @param nameless the key manager if no client certificate is configured
   */
  public static SSLContext context(BridgeConfig.Tls tls, KeyManager nameless) throws IOException {
    try {
      return context(tls, trust(tls), new KeyManager[] {nameless});
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  private static SSLContext context(BridgeConfig.Tls tls, TrustManager[] trust, KeyManager[] none)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(tls.clientCert() == null ? none : identity(tls), trust, null);
    return context;
  }

  private static IOException unusable(GeneralSecurityException e) {
    return new IOException("the TLS files cannot be used: " + e.getMessage(), e);
  }

  private static TrustManager[] trust(BridgeConfig.Tls tls)
      throws IOException, GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(tls.caCert() == null ? null : trusted(tls.caCert()));
    return trust.getTrustManagers();
  }

  private static KeyStore trusted(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate certificate : certificates(file)) {
      store.setCertificateEntry("ca-" + number++, certificate);
    }
    return store;
  }

  private static KeyManager[] identity(BridgeConfig.Tls tls)
      throws IOException, GeneralSecurityException {
    Certificate[] chain = certificates(tls.clientCert()).toArray(Certificate[]::new);
    PrivateKey key = privateKey(tls.clientKey());
    if (!fits(key, chain[0].getPublicKey())) {
      throw new IOException(
          "tls_client_key: the key in "
              + tls.clientKey()
              + " is not that of the first certificate in "
              + tls.clientCert()
              + " (tls_client_cert)");
    }
    KeyStore store = emptyStore();
    store.setKeyEntry("client", key, new char[0], chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    return keys.getKeyManagers();
  }

  /** True if {@code key} and {@code certified} form a key pair; tests it with a signature. */
  private static boolean fits(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
    String kind = key.getAlgorithm();
    if (!kind.equals(certified.getAlgorithm())) {
      return false;
    }
    Signature signature =
        Signature.getInstance(
            switch (kind) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              default -> kind;
            });
    signature.initSign(key);
    signature.update(SAMPLE);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(SAMPLE);
    try {
      return signature.verify(signed);
    } catch (SignatureException e) {
      return false; // The keys differ in length.
    }
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = new ByteArrayInputStream(Disk.readSmall(file, MAX_BYTES))) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new IOException(file + " holds no certificate in PEM form");
      }
      return all;
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String pem = new String(Disk.readSmall(file, MAX_BYTES), StandardCharsets.ISO_8859_1);
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
