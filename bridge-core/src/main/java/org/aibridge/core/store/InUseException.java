package org.aibridge.core.store;

import java.io.IOException;

/** A folder or a file belongs to a live process, which the message names. */
public final class InUseException extends IOException {
  private static final long serialVersionUID = 1L;

  InUseException(String message) {
    super(message);
  }
}
