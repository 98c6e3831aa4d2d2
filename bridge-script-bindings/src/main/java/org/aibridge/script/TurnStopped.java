package org.aibridge.script;

/** Ends a script's turn; an Error, since a script can catch exceptions. */
final class TurnStopped extends Error {
  private static final long serialVersionUID = 1L;

  TurnStopped(String message) {
    super(message, null, false, false);
  }
}
