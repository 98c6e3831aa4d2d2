package org.aibridge.dist;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;

/** A map-server in a process of its own, which publishes until its input ends: {@code CONF}. */
final class Host {
  private Host() {}

  public static void main(String[] args) throws Exception {
    try (AiBridge bridge = AiBridge.start(Path.of(args[0]))) {
      System.out.println(bridge.status().state());
      for (int i = 0; System.in.available() == 0; i++) {
        bridge.publish(GameEvent.monsterKill(150_000 + i % 50, "prontera", 1002));
        bridge.tick();
        Thread.sleep(20);
      }
    }
  }
}
