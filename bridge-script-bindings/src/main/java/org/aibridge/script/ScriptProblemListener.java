package org.aibridge.script;

/**
 * Hears of everything that goes wrong in and around scripts.
 *
 * <p>Called on the game thread: hand the problem to a logger that does not wait. What a listener
 * throws is logged and goes no further.
 */
@FunctionalInterface
public interface ScriptProblemListener {
  /** Something went wrong. */
  void onProblem(ScriptProblem problem);
}
