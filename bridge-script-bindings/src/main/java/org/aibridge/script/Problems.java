package org.aibridge.script;

import java.util.Objects;

/** Tells the host's listener, fenced: a listener that throws harms neither script nor tick. */
final class Problems {
  private static final System.Logger LOG = System.getLogger("org.aibridge.script");

  private final ScriptProblemListener listener;

  Problems(ScriptProblemListener listener) {
    this.listener = Objects.requireNonNull(listener, "problems");
  }

  void report(
      ScriptProblem.Kind kind, String script, String subject, String message, Throwable cause) {
    report(new ScriptProblem(kind, script, subject, message, cause));
  }

  void report(ScriptProblem problem) {
    try {
      listener.onProblem(problem);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "The problem listener threw for: " + problem, e);
    }
  }
}
