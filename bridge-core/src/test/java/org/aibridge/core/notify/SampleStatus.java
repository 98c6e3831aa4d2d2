package org.aibridge.core.notify;

import java.util.List;
import java.util.Map;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;

/** Statuses as a watch for alarms sees them. */
final class SampleStatus {
  private SampleStatus() {}

  static BridgeStatus of(BridgeState state) {
    return of(state, null, 0, 0, 1, 1);
  }

  /**
   * @param trouble what is wrong; null for the state's name
   */
  static BridgeStatus of(
      BridgeState state, String trouble, long inDoubt, long held, long sinceMs, long lastTakenMs) {
    boolean well = state == BridgeState.RUNNING;
    BridgeStatus.Outlook none = BridgeStatus.Outlook.NONE;
    return new BridgeStatus(
        state,
        well
            ? ""
            : (trouble == null ? "it is " + state.wireName() : trouble)
                + "; 5 events wait, the oldest for 9 s",
        "map1",
        BridgeStatus.Http.NONE,
        new BridgeStatus.Events(
            0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, -1, 0, 0, List.of(), 0, 0, 0, 0, 0, false),
        BridgeStatus.Durability.NONE,
        new BridgeStatus.Actions(0, 0, 0, 0, 0, inDoubt, 0, 0, 0, 0, held, 0, 0),
        BridgeStatus.Scripts.NONE,
        new BridgeStatus.Outlook(
            sinceMs, 0, "", well ? "" : "you: look", "", "", 1, lastTakenMs, none.lastTrouble()));
  }
}
