package org.aibridge.script;

/**
 * Something a script author or an operator should know.
 *
 * @param kind what sort of thing went wrong
 * @param script the script's name
 * @param subject the command, host function or entry point concerned
 * @param message what is wrong, in one sentence
 * @param cause the exception behind it; {@code null} when there is none
 */
public record ScriptProblem(
    Kind kind, String script, String subject, String message, Throwable cause) {

  /** The sorts of problem. */
  public enum Kind {
    /** A command was called with arguments that do not fit. */
    ARGUMENTS,
    /**
     * The AI service gave no usable answer, or a reload kept the old settings. Expected in numbers
     * while the service is away: log it rarely.
     */
    ANSWER,
    /** The script threw, or has a mistake. */
    SCRIPT,
    /** A function of the host threw. */
    HOST,
    /** The script reached one of the limits. */
    LIMIT
  }

  /** Script, subject and message on one line, without a character that nobody sees. */
  @Override
  public String toString() {
    return Problems.shown(script + ", " + subject + ": " + message);
  }
}
