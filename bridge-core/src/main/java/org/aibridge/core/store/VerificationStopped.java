package org.aibridge.core.store;

import java.io.IOException;

/** Thrown if a segment's verification ended early because the log will be closed. */
final class VerificationStopped extends IOException {
  private static final long serialVersionUID = 1;

  VerificationStopped() {
    super("the log is to be closed");
  }
}
