package org.aibridge.script;

import java.time.Duration;
import java.util.Objects;

/**
 * The most that one {@link ScriptCommands#tick} may do; the rest waits for the next tick.
 *
 * @param maxResumes the most scripts that are resumed, at least 1
 * @param maxTime the time after which no further script is resumed, above zero; a running script is
 *     not interrupted
 */
public record TickBudget(int maxResumes, Duration maxTime) {
  /** The default, for ticks of 50 ms: 256 scripts and 2 ms. */
  public static final TickBudget DEFAULT = new TickBudget(256, Duration.ofMillis(2));

  /** Refuses values that are out of range. */
  public TickBudget {
    if (maxResumes < 1) {
      throw new IllegalArgumentException("maxResumes must be at least 1, was " + maxResumes);
    }
    Objects.requireNonNull(maxTime, "maxTime");
    if (maxTime.isNegative() || maxTime.isZero()) {
      throw new IllegalArgumentException("maxTime must be above zero, was " + maxTime);
    }
  }
}
