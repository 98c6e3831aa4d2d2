package org.aibridge.core.store;

/**
 * A log takes no record now: its disk is full or below the reserve, its cap is reached, or its
 * folder is gone or read-only. Nothing was written, and the message says in a sentence why.
 */
public final class StoreFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreFullException(String message) {
    super(message);
  }

  StoreFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
