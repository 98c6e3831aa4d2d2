package org.aibridge.ops.check;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A key manager without a certificate, which remembers whether the server asked for one.
 *
 * <p>With TLS 1.3 a server refuses us only after the handshake, when the reason no longer reaches
 * whoever reads the response; the server's request for a certificate comes before.
 */
final class CertificateProbe extends X509ExtendedKeyManager {
  private volatile boolean seen;

  boolean isSeen() {
    return seen;
  }

  @Override
  public String chooseClientAlias(String[] kinds, Principal[] issuers, Socket socket) {
    seen = true;
    return null;
  }

  @Override
  public String[] getClientAliases(String kind, Principal[] issuers) {
    return null;
  }

  @Override
  public String[] getServerAliases(String kind, Principal[] issuers) {
    return null;
  }

  @Override
  public String chooseServerAlias(String kind, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return null;
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return null;
  }
}
