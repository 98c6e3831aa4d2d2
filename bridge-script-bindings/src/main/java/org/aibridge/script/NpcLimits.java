package org.aibridge.script;

/**
 * What scripts may use, so that one of them cannot take all.
 *
 * @param maxWaiting answers that all scripts together may wait for; above it a command answers
 *     {@code ""} at once
 * @param maxWaitingPerScript the same for one script
 * @param maxStepsPerResume how often a script may {@code yield} something other than a waiting
 *     answer before its turn is over; above it the call is ended
 * @param maxInstructionsPerResume how many instructions one turn may take before it is stopped, on
 *     engines that count them (Rhino, where a call of a built-in function costs several)
 */
public record NpcLimits(
    int maxWaiting, int maxWaitingPerScript, int maxStepsPerResume, long maxInstructionsPerResume) {
  /** 4,096 answers, 256 a script, 1,000 steps, 1 million instructions. */
  public static final NpcLimits DEFAULT = new NpcLimits(4_096, 256, 1_000, 1_000_000);

  /** Checks that each is at least 1. */
  public NpcLimits {
    atLeastOne("maxWaiting", maxWaiting);
    atLeastOne("maxWaitingPerScript", maxWaitingPerScript);
    atLeastOne("maxStepsPerResume", maxStepsPerResume);
    atLeastOne("maxInstructionsPerResume", maxInstructionsPerResume);
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
  }
}
