package org.aibridge.core.store;

import java.io.IOException;

/** Thrown if a folder or file belongs to a live process; the message names the process. */
public final class InUseException extends IOException {
  private static final long serialVersionUID = 1L;

  InUseException(String message) {
    super(message);
  }
}
