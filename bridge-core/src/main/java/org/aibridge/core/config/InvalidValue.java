package org.aibridge.core.config;

/** Thrown for a value that cannot be used; the message says why and never holds the value. */
final class InvalidValue extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidValue(String message) {
    super(message, null, false, false);
  }
}
