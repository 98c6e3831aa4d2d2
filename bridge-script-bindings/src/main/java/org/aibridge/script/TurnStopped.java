package org.aibridge.script;

/** Stops a script's turn; an error, because a script can catch exceptions. */
final class TurnStopped extends Error {
  private static final long serialVersionUID = 1L;

  TurnStopped(String message) {
    super(message, null, false, false);
  }
}
