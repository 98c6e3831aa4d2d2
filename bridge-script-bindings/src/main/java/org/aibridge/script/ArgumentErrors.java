package org.aibridge.script;

/** The ways in which {@link ScriptCommands#invoke} treats arguments that do not fit. */
public enum ArgumentErrors {
  /** Tells the {@link ScriptProblemListener}, and resumes the script with the failed answer. */
  REPORT,
  /** Throws {@link IllegalArgumentException} to the caller, and does not resume the script. */
  THROW
}
