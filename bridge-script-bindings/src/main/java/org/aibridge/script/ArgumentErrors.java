package org.aibridge.script;

/** The ways in which {@link ScriptCommands#invoke} reacts to wrong arguments. */
public enum ArgumentErrors {
  /** Tells the {@link ScriptProblemListener}, and gives the script the command's failed answer. */
  REPORT,
  /** Throws {@link IllegalArgumentException} to the caller, and does not resume the script. */
  THROW
}
