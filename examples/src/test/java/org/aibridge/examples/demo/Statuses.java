package org.aibridge.examples.demo;

import java.util.List;
import java.util.Map;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;

/** Statuses that a bridge would not tell: their sums may be wrong. */
final class Statuses {
  private Statuses() {}

  static BridgeStatus of(
      BridgeState state, long accepted, long delivered, long waiting, long refused) {
    return new BridgeStatus(
        state,
        "",
        "demo",
        BridgeStatus.Http.NONE,
        new BridgeStatus.Events(
            accepted, 0, delivered, 0, 0, 0, Map.of(), waiting, 0, 0, 0, 0, refused, List.of(), 0,
            0, 0, 0, 0, false),
        BridgeStatus.Durability.NONE,
        BridgeStatus.Actions.NONE,
        BridgeStatus.Scripts.NONE,
        BridgeStatus.Outlook.NONE);
  }
}
