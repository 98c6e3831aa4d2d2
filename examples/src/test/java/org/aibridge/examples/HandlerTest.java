package org.aibridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testdouble.Delivery;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Test;

/** A unit test of a handler; the README quotes what stands between the two marks. */
class HandlerTest {
  // README: begin
  @Test
  void spawnsWhatTheServiceDecidesAndTellsOfKills() {
    RecordingBridge bridge = new RecordingBridge();
    Spawner spawner = new Spawner(bridge); // yours: registers its handler, publishes its events

    var header = bridge.header("spawn_monster");
    Delivery spawn = bridge.deliver(new SpawnMonster(header, "payon", 1031, 10, 20, 3, ""));
    spawner.kill(150001);

    assertThat(spawn).hasToString("applied: 3 on payon");
    assertThat(bridge.published()).extracting(GameEvent::typeName).containsExactly("monster_kill");
  }

  // README: end

  private static final class Spawner {
    private final AiBridge bridge;
    private SpawnMonster last;

    Spawner(AiBridge bridge) {
      this.bridge = bridge;
      bridge.onAction(
          SpawnMonster.class,
          spawn -> {
            last = spawn;
            return ActionReply.done(spawn.amount() + " on " + spawn.map());
          });
    }

    void kill(long player) {
      bridge.events().monsterKill(player, last.map(), last.monsterId());
    }
  }
}
