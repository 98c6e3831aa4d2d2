package org.aibridge.script;

/**
 * The limits of scripts, so that no script can use up everything.
 *
 * @param maxWaiting the most answers that all scripts together may wait for; beyond this number a
 *     command answers its failed value at once, or throws if it has a callback
 * @param maxWaitingPerScript the same for one script
 * @param maxStepsPerResume how often a script may {@code yield} in one turn without waiting for an
 *     answer; beyond this number the call is ended
 * @param maxInstructionsPerResume how many instructions a turn may take before it is stopped, on an
 *     engine that counts them (Rhino, where a call of a built-in function costs several)
 */
public record NpcLimits(
    int maxWaiting, int maxWaitingPerScript, int maxStepsPerResume, long maxInstructionsPerResume) {
  /** The default: 4,096 answers, 256 per script, 1,000 steps, 1 million instructions. */
  public static final NpcLimits DEFAULT = new NpcLimits(4_096, 256, 1_000, 1_000_000);

  /** Refuses limits below 1. */
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
