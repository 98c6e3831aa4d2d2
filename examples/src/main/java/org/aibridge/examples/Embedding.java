package org.aibridge.examples;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.event.GameEvent;

/** All code that embedding needs; the README quotes the part between the two README marks. */
public final class Embedding {
  private Embedding() {}

  /** Runs a server for {@code ticks} ticks. */
  public static void run(Path configuration, World world, int ticks) {
    // README: begin
    try (AiBridge bridge = AiBridge.start(configuration)) {
      bridge.onAction(SpawnMonster.class, spawn -> world.spawn(spawn.map(), spawn.monsterId()));
      for (int tick = 0; tick < ticks; tick++) { // the game thread
        world.step(killer -> bridge.publish(GameEvent.monsterKill(killer, "prt_fild08", 1002)));
        bridge.tick(); // applies what the AI service decided
      }
    }
    // README: end
  }

  /** Stands for the game in this example. */
  public interface World {
    ActionReply spawn(String map, long monsterId);

    void step(java.util.function.LongConsumer onKill);
  }
}
