package org.aibridge.core.store;

import java.io.IOException;

/** A segment was not verified to its end, because the log is to be closed. */
final class VerificationStopped extends IOException {
  private static final long serialVersionUID = 1;

  VerificationStopped() {
    super("the log is to be closed");
  }
}
