package org.aibridge.core.action;

/** An action that breaks the contract; the message says how, and goes back to the service. */
final class InvalidAction extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidAction(String message) {
    super(message, null, false, false);
  }
}
