package org.aibridge.core.action;

import java.util.List;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.BridgeConfig;

/**
 * What an action counts towards in the limits. The ledger keeps it with the action's intent, so
 * that a limit goes on counting after the process dies.
 *
 * @param subjects those players, NPCs and maps of the action that have a limit
 * @param goods the goods that the action gives, or null if it is no reward
 */
record Tally(ActionType type, List<SubjectName> subjects, BridgeConfig.Goods goods) {
  /** The longest time for which a tally counts, in milliseconds; a little more than a day. */
  static final long COUNTS_MS = 25 * 3_600_000L;
}
