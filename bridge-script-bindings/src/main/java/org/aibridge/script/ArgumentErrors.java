package org.aibridge.script;

/** What {@link ScriptCommands#invoke} does about arguments that do not fit the command. */
public enum ArgumentErrors {
  /** Tells the {@link ScriptProblemListener}, and resumes the script with the failed answer. */
  REPORT,
  /** Throws {@link IllegalArgumentException} to the caller, and does not resume. */
  THROW
}
