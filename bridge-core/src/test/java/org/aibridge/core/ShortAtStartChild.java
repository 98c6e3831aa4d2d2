package org.aibridge.core;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.run.ClassPreload;
import org.slf4j.LoggerFactory;

/** Starts bridge after bridge with few descriptors, one more each time, and then one with all. */
final class ShortAtStartChild {
  private static final int EVENTS = 10;
  private static final long LOOKS = 600;

  private ShortAtStartChild() {}

  public static void main(String[] arguments) throws Exception {
    Path conf = Path.of(arguments[0]);
    // As in a host that has its classes in jars which are open, and has logged before.
    ClassPreload.load();
    LoggerFactory.getLogger(ShortAtStartChild.class).info("the host boots");
    AiBridge.start(Path.of("is-not-there")).close();
    for (int free = 4; free <= 72; free += 4) {
      start(conf, free);
    }
    try (AiBridge bridge = AiBridge.start(conf)) {
      long before = bridge.status().events().carriedOver();
      for (int i = 0; i < EVENTS; i++) {
        bridge.publish(GameEvent.playerLogin(i + 1, "prontera"));
      }
      for (int i = 0; i < LOOKS && bridge.status().events().delivered() < before + EVENTS; i++) {
        bridge.tick();
        Thread.sleep(50);
      }
      System.out.println("delivered " + (bridge.status().events().delivered() - before));
      System.out.println("problem " + bridge.status().problem());
    }
    System.exit(0);
  }

  /** Tells of a start that does not say what it lacks; one that succeeds runs in the shortage. */
  private static void start(Path conf, int free) throws Exception {
    List<FileInputStream> held = new ArrayList<>();
    hold(held);
    for (int i = 0; i < free; i++) {
      held.remove(held.size() - 1).close();
    }
    AiBridge bridge = AiBridge.start(conf);
    String problem = bridge.status().problem();
    boolean off = bridge.status().state() == BridgeState.OFF;
    hold(held);
    for (int i = 0; i < 20 && !off; i++) {
      bridge.publish(GameEvent.dailyReset());
      bridge.tick();
      Thread.sleep(50);
    }
    for (FileInputStream one : held) {
      one.close();
    }
    bridge.close();
    if (off && !problem.contains("too many open files")) {
      System.out.println("with " + free + " free: " + problem);
    }
  }

  /** Takes all there are. */
  private static void hold(List<FileInputStream> held) {
    try {
      while (true) {
        held.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      return;
    }
  }
}
