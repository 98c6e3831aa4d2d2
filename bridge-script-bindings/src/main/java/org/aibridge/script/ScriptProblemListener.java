package org.aibridge.script;

/**
 * Receives every problem in and around scripts.
 *
 * <p>Called on the game thread: hand the problem to a logger that does not wait. An exception of
 * the listener is logged and has no other effect.
 */
@FunctionalInterface
public interface ScriptProblemListener {
  /** Receives a problem. */
  void onProblem(ScriptProblem problem);
}
