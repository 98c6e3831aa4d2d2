package org.aibridge.core.store;

import java.io.IOException;

/** A segment was not looked at to its end, because the log is to be closed. */
final class LookStopped extends IOException {
  private static final long serialVersionUID = 1;

  LookStopped() {
    super("the log is to be closed");
  }
}
