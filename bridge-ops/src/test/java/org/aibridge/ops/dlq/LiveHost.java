package org.aibridge.ops.dlq;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;

/**
 * A map-server in a process of its own that publishes without end: {@code CONF EVENTS-A-SECOND}.
 * Every fifth event is on a map that the service may not know. Ends when its input does.
 */
final class LiveHost {
  static final String BAD_MAP = "nowhere";

  private LiveHost() {}

  public static void main(String[] args) throws Exception {
    int perSecond = Integer.parseInt(args[1]);
    try (AiBridge bridge = AiBridge.start(Path.of(args[0]))) {
      System.out.println("ready " + bridge.status().state());
      long start = System.nanoTime();
      long published = 0;
      while (System.in.available() == 0) {
        long due = (System.nanoTime() - start) * perSecond / 1_000_000_000L;
        while (published < due) {
          String map = published % 5 == 0 ? BAD_MAP : "prontera";
          bridge.publish(GameEvent.monsterKill(150_000 + published % 50, map, (int) published));
          published++;
        }
        Thread.sleep(5);
      }
    }
    System.out.println("closed");
  }
}
