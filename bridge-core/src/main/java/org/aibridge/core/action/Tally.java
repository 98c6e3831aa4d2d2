package org.aibridge.core.action;

import java.util.List;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.BridgeConfig;

/**
 * What an action counts towards. Its intent in the ledger has it, so that no death of the process
 * makes a limit begin anew.
 *
 * @param subjects whom and what it names, as {@link SubjectNames} writes it; those alone that a
 *     limit asks for
 * @param goods what it gives, or null if it is no reward
 */
record Tally(ActionType type, List<SubjectName> subjects, BridgeConfig.Goods goods) {
  /** For how long a tally can count, in milliseconds; a little more than a day. */
  static final long COUNTS_MS = 25 * 3_600_000L;
}
