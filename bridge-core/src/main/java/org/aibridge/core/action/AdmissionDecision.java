package org.aibridge.core.action;

import org.aibridge.core.config.BridgeConfig;

/**
 * The decision on an offered action.
 *
 * @param decoded null if it could not be decoded
 * @param tally what the action counts towards once the ledger has it; null if nothing yet
 * @param reason why the action was refused, else empty
 * @param keepsTo the limits under which the action is to be applied, else null
 */
record AdmissionDecision(
    Course course,
    String type,
    int fingerprint,
    ActionDecoder.Decoded decoded,
    Tally tally,
    String reason,
    BridgeConfig.ActionLimits keepsTo) {

  /** What to do with the action. */
  enum Course {
    APPLY,
    HOLD,
    REFUSE
  }

  static AdmissionDecision refused(
      String type, int fingerprint, ActionDecoder.Decoded decoded, String reason) {
    return new AdmissionDecision(Course.REFUSE, type, fingerprint, decoded, null, reason, null);
  }

  /** Returns a new ledger entry with {@code id} for the action. */
  LedgerEntry entry(ActionId id) {
    LedgerEntry entry = new LedgerEntry(id.text(), type, fingerprint);
    entry.hasNumberId = id.isNumber();
    if (decoded != null) {
      entry.changes = decoded.changes();
      entry.strict = decoded.strict();
    }
    return entry;
  }
}
