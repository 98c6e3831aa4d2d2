package org.aibridge.core.text;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.util.Set;

/** What is wrong with a certificate, in words that follow whose it is. */
public enum CertificateTrouble {
  EXPIRED("certificate has expired"),
  NOT_YET("certificate is not valid yet, by the clock of this machine"),
  UNTRUSTED("certificate is signed by nobody we trust");

  /** No authority of ours signed it, or another that only has the name of one of ours. */
  private static final Set<CertPathValidatorException.Reason> UNSIGNED =
      Set.of(PKIXReason.NO_TRUST_ANCHOR, CertPathValidatorException.BasicReason.INVALID_SIGNATURE);

  private final String words;

  CertificateTrouble(String words) {
    this.words = words;
  }

  /** Returns the trouble behind a failed handshake; null if it is none of these. */
  public static CertificateTrouble of(Throwable failure) {
    CertificateTrouble found = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return EXPIRED;
      }
      if (cause instanceof CertificateNotYetValidException) {
        return NOT_YET;
      }
      boolean noPath =
          cause instanceof CertPathBuilderException
              || cause instanceof CertPathValidatorException path
                  && UNSIGNED.contains(path.getReason());
      found = noPath ? UNTRUSTED : found;
    }
    return found;
  }

  @Override
  public String toString() {
    return words;
  }
}
