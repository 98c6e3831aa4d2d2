package org.aibridge.script;

import java.util.Objects;

/** Reports problems to the host's listener; catches whatever the listener throws. */
final class ProblemReporter {
  private final ScriptProblemListener listener;

  ProblemReporter(ScriptProblemListener listener) {
    this.listener = Objects.requireNonNull(listener, "problems");
  }

  void report(
      ScriptProblem.Kind kind, String script, String subject, String message, Throwable cause) {
    report(new ScriptProblem(kind, script, subject, message, cause));
  }

  void report(ScriptProblem problem) {
    try {
      listener.onProblem(problem);
    } catch (Throwable e) {
      log(
          System.Logger.Level.ERROR,
          "The problem listener threw for: " + problem + ": " + text(e),
          e);
    }
  }

  /** Writes a line to the host's log; ignores whatever the log throws. */
  static void log(System.Logger.Level level, String message, Throwable cause) {
    try {
      System.getLogger("org.aibridge.script").log(level, shown(message), withoutWords(cause));
    } catch (Throwable e) {
      return; // No other way is left to report the failure.
    }
  }

  /** Returns the text of {@code e}, or its class name if its own {@code toString} fails. */
  static String text(Throwable e) {
    try {
      return e.toString();
    } catch (Throwable speechless) {
      return e.getClass().getName();
    }
  }

  /**
   * Returns {@code text} on one line, without invisible characters; it may come from a web page.
   */
  static String shown(String text) {
    return text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
  }

  /**
   * Returns an exception with the stack trace alone, since the log line has the message already.
   */
  private static Throwable withoutWords(Throwable thrown) {
    Throwable shown = new Throwable(thrown.getClass().getName());
    shown.setStackTrace(thrown.getStackTrace());
    return shown;
  }
}
