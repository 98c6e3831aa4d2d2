package org.aibridge.script;

/** Ends a script's turn. An Error, since scripts can catch exceptions. */
final class TurnStopped extends Error {
  private static final long serialVersionUID = 1L;

  TurnStopped(String message) {
    super(message, null, false, false);
  }
}
