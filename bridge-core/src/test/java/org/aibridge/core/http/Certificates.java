package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and what it signs, made by the JDK's keytool. */
final class Certificates {
  private static final String PASSWORD = "changeit";

  private final Path folder;

  Certificates(Path folder) throws Exception {
    this.folder = folder;
    keytool("ca", "-genkeypair", "-keyalg", "EC", "-dname", "CN=ca", "-ext", "bc:c");
    keytool("ca", "-exportcert", "-rfc", "-file", "" + authority());
  }

  /** The authority's certificate, PEM. */
  Path authority() {
    return folder.resolve("ca.pem");
  }

  /** A key store with that alone. */
  Path trustStore() throws Exception {
    Path file = folder.resolve("trust.p12");
    if (!Files.exists(file)) {
      keytool("trust", "-importcert", "-noprompt", "-file", "" + authority());
    }
    return file;
  }

  /** Makes a key and has it certified; {@code options} are those of -gencert. */
  Certificates sign(String name, String kind, String... options) throws Exception {
    keytool(name, "-genkeypair", "-keyalg", kind, "-dname", "CN=" + name);
    Path request = folder.resolve(name + ".request");
    Path signed = folder.resolve(name + ".signed");
    keytool(name, "-certreq", "-file", "" + request);
    List<String> sign = new ArrayList<>(List.of("-gencert", "-rfc", "-infile", "" + request));
    sign.addAll(List.of("-outfile", "" + signed));
    sign.addAll(List.of(options));
    keytool("ca", sign.toArray(String[]::new));
    Files.writeString(certificate(name), Files.readString(signed) + Files.readString(authority()));
    byte[] key = store(name).getKey("key", PASSWORD.toCharArray()).getEncoded();
    Files.writeString(
        key(name),
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key)
            + "\n-----END PRIVATE KEY-----\n");
    return this;
  }

  /** Its certificate and the authority's, PEM. */
  Path certificate(String name) {
    return folder.resolve(name + ".pem");
  }

  Path key(String name) {
    return folder.resolve(name + ".key");
  }

  /** What a server needs to show this certificate and to know those of the same authority. */
  SSLContext server(String name) throws Exception {
    KeyStore store = store(name);
    Certificate[] chain;
    try (InputStream in = Files.newInputStream(certificate(name))) {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
    }
    char[] password = PASSWORD.toCharArray();
    store.setKeyEntry("key", store.getKey("key", password), password, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", store("ca").getCertificate("key"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private KeyStore store(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private void keytool(String store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", "key", "-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-keystore", "" + folder.resolve(store + ".p12")));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
  }
}
