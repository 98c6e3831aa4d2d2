package org.aibridge.examples;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.event.GameEvent;

/** The whole embedding; the README quotes what stands between the two marks. */
public final class Embedding {
  private Embedding() {}

  /** A server that runs for {@code ticks} ticks. */
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

  /** What stands for the game here. */
  public interface World {
    ActionReply spawn(String map, long monsterId);

    void step(java.util.function.LongConsumer onKill);
  }
}
