package org.aibridge.script;

/**
 * A problem that a script author or an operator should know of.
 *
 * @param kind the sort of problem
 * @param script the script's name
 * @param subject the command, host function or entry point with the problem
 * @param message the problem in one sentence
 * @param cause the exception behind the problem; {@code null} for none
 */
public record ScriptProblem(
    Kind kind, String script, String subject, String message, Throwable cause) {

  /** The kinds of problem. */
  public enum Kind {
    /** A command was called with wrong arguments. */
    ARGUMENTS,
    /**
     * The AI service gave no usable answer, or a reload kept the old settings. Many such problems
     * come while the service is away: log them rarely.
     */
    ANSWER,
    /** The script threw an exception, or has a mistake. */
    SCRIPT,
    /** A function of the host threw an exception. */
    HOST,
    /** The script reached one of the limits. */
    LIMIT
  }

  /** Returns script, subject and message on one line, without invisible characters. */
  @Override
  public String toString() {
    return ProblemReporter.shown(script + ", " + subject + ": " + message);
  }
}
