package org.aibridge.core.action;

/** Thrown for an action that breaks the contract or a limit; the service receives the message. */
final class InvalidAction extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidAction(String message) {
    super(message, null, false, false);
  }
}
