package org.aibridge.core.store;

/**
 * A log cannot append now: its disk is full or below the reserve, its cap is reached, its folder is
 * gone or read-only, or the process is short of descriptors, mappings or memory. Nothing was
 * written; the message is a sentence that says why.
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
