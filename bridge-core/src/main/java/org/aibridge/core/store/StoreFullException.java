package org.aibridge.core.store;

/** There is less free space than the reserve; nothing was written. */
public final class StoreFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoreFullException(String message) {
    super(message);
  }
}
