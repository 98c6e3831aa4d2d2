package org.aibridge.core.store;

import java.io.IOException;

/** The verification of a segment ended early, because the log is to be closed. */
final class VerificationStopped extends IOException {
  private static final long serialVersionUID = 1;

  VerificationStopped() {
    super("the log is to be closed");
  }
}
