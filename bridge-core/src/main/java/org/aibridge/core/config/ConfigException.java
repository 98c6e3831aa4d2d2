package org.aibridge.core.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration that cannot be used, with all its problems at once.
 *
 * <p>The message lists the problems one a line, each as {@link ConfigProblem#toString} gives it; of
 * a file that is no configuration at all it lists the first {@value #MAX_LISTED} and counts the
 * rest. {@link #problems} always holds all of them. There is never a cause, which could carry a
 * secret.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The most problems the message lists. */
  static final int MAX_LISTED = 200;

  @SuppressWarnings("serial") // the list and the records in it stay in this process
  private final List<ConfigProblem> problems;

  /** Says that {@code problems}, which are at least one, make a configuration unusable. */
  ConfigException(List<ConfigProblem> problems) {
    super(list(problems));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, file by file in the order of their lines, those of a whole file last. */
  public List<ConfigProblem> problems() {
    return problems;
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
