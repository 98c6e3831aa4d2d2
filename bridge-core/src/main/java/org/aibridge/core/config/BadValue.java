package org.aibridge.core.config;

/** A value that cannot be used; the message says why and never holds the value. */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  BadValue(String message) {
    super(message, null, false, false);
  }
}
