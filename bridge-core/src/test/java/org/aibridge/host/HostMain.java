package org.aibridge.host;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;

/** A server that publishes an event and says what became of the bridge and of the event. */
public final class HostMain {
  private HostMain() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println(told(arguments[0]));
  }

  /** Starts a bridge, and returns its state, the events delivered in a minute, and the problem. */
  public static String told(String configuration) throws InterruptedException {
    try (AiBridge bridge = AiBridge.start(Path.of(configuration))) {
      bridge.publish(GameEvent.dailyReset());
      BridgeStatus status = bridge.status();
      long end = System.nanoTime() + 60_000_000_000L;
      while (status.state() != BridgeState.OFF
          && status.events().delivered() == 0
          && System.nanoTime() < end) {
        bridge.tick();
        Thread.sleep(20);
        status = bridge.status();
      }
      bridge.tick();
      String json = bridge.statusJson();
      if (!json.contains("\"state\":")) {
        return json;
      }
      return status.state() + " " + status.events().delivered() + " " + status.problem();
    }
  }
}
