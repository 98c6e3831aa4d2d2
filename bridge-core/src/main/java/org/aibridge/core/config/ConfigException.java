package org.aibridge.core.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration that cannot be used, with all its problems at once.
 *
 * <p>The message lists the first {@value #MAX_LISTED} problems, one a line, each in the form of
 * {@link ConfigProblem#toString}; it counts the rest, which a file that is no configuration at all
 * can have. {@link #problems} always holds all of them. The exception never has a cause, for that
 * could carry a secret.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The most problems that the message lists. */
  static final int MAX_LISTED = 200;

  @SuppressWarnings("serial") // The exception is never serialized.
  private final List<ConfigProblem> problems;

  @SuppressWarnings("serial")
  private final List<String> warnings;

  /** Creates the exception for {@code problems}, which must not be empty. */
  ConfigException(List<ConfigProblem> problems, List<String> warnings) {
    super(list(problems));
    this.problems = List.copyOf(problems);
    this.warnings = List.copyOf(warnings);
  }

  /** Returns all problems by file and line; problems of a whole file come last. */
  public List<ConfigProblem> problems() {
    return problems;
  }

  /**
   * Returns what else the author should know, as {@link ConfigResult#warnings} has it: an unknown
   * key may be the reason why another is missing.
   */
  public List<String> warnings() {
    return warnings;
  }

  private static String list(List<ConfigProblem> problems) {
    String listed =
        problems.stream()
            .limit(MAX_LISTED)
            .map(ConfigProblem::toString)
            .collect(Collectors.joining("\n"));
    int more = problems.size() - MAX_LISTED;
    return more > 0 ? listed + "\nand " + more + " more problems" : listed;
  }
}
