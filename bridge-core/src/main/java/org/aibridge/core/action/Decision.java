package org.aibridge.core.action;

import org.aibridge.api.action.Action;
import org.aibridge.core.config.BridgeConfig;

/**
 * What was decided about an action that was offered.
 *
 * @param action null when it could not be decoded
 * @param tally what it counts towards once the ledger has it; null if it counts nothing yet
 * @param reason why it was refused, else empty
 * @param keepsTo the limits by which it is to be applied, else null
 */
record Decision(
    Course course,
    String type,
    int fingerprint,
    Action action,
    Tally tally,
    String reason,
    BridgeConfig.ActionLimits keepsTo) {

  /** What is to be done with the action. */
  enum Course {
    APPLY,
    HOLD,
    REFUSE
  }

  static Decision refused(String type, int fingerprint, Action action, String reason) {
    return new Decision(Course.REFUSE, type, fingerprint, action, null, reason, null);
  }
}
