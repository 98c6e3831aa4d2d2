package org.aibridge.core;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;

/** Starts two bridges, one after the other, and says of each what became of it. */
final class LoggerAtStartChild {
  static final int EVENTS = 20;

  private LoggerAtStartChild() {}

  public static void main(String[] arguments) {
    for (int i = 0; i < 2; i++) {
      AiBridge bridge = AiBridge.start(Path.of(arguments[0]));
      if (bridge.status().state() != BridgeState.OFF) {
        for (int n = 0; n < EVENTS; n++) {
          bridge.publish(GameEvent.monsterKill(n, "prontera", n));
        }
        Waits.until(
            "all are sent",
            () -> {
              bridge.tick();
              return bridge.status().events().delivered() == EVENTS;
            });
      }
      System.out.println(bridge.status().state() + " " + bridge.status().problem());
      bridge.close();
    }
  }
}
