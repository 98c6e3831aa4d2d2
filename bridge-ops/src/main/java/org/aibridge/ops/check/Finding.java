package org.aibridge.ops.check;

import java.util.Objects;

/**
 * The result of one check.
 *
 * @param check the name of the check
 * @param detail the facts found, on one line and without any secret
 * @param advice the action to take; empty if there is nothing to do
 */
public record Finding(String check, Level level, String detail, String advice) {
  /** The severity of a finding. */
  public enum Level {
    OK,
    WARNING,
    FAILURE,
    SKIPPED
  }

  /** Refuses {@code null}. */
  public Finding {
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(advice, "advice");
  }

  static Finding ok(String check, String detail) {
    return new Finding(check, Level.OK, detail, "");
  }

  static Finding warning(String check, String detail, String advice) {
    return new Finding(check, Level.WARNING, detail, advice);
  }

  static Finding failure(String check, String detail, String advice) {
    return new Finding(check, Level.FAILURE, detail, advice);
  }

  static Finding skipped(String check, String detail) {
    return new Finding(check, Level.SKIPPED, detail, "");
  }

  /** True if a bridge can run despite this finding. */
  public boolean isFine() {
    return level != Level.FAILURE;
  }
}
