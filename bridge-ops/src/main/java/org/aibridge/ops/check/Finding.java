package org.aibridge.ops.check;

import java.util.Objects;

/**
 * What one check found out.
 *
 * @param check the name of the check
 * @param detail what was found, on one line and without any secret
 * @param advice what to do about it; empty when there is nothing to do
 */
public record Finding(String check, Level level, String detail, String advice) {
  /** How bad it is. */
  public enum Level {
    OK,
    WARNING,
    FAILURE,
    SKIPPED
  }

  /** Refuses nulls. */
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

  /** Whether a bridge can run in spite of it. */
  public boolean isFine() {
    return level != Level.FAILURE;
  }
}
