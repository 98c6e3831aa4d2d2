package org.aibridge.core;

import java.util.List;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.Position;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.core.action.ActionService;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * Runs the game thread's code paths while the server boots, on objects of its own that are thrown
 * away.
 *
 * <p>At two hundred actions a second it would take a minute until the JVM compiles with all it can
 * ({@code Tier4InvocationThreshold}, 5,000 calls), and another minute whenever a path is new to it,
 * such as the ring's first lap.
 */
final class Warmup {
  private static final Logger log = Logs.of(Warmup.class);

  private static final int EVENTS = 20_000;
  private static final int ACTIONS = 20_000;

  /** The longest time that a warm-up may take, in nanoseconds. */
  private static final long MAX_NANOS = 500_000_000;

  private static final int SLICE = 1000;
  private static final int MAX_EVENT_BYTES = 1024;

  /** The ring's size in bytes: small, so that the ring often fills up and wraps around. */
  private static final int RING_BYTES = 64 << 10;

  private Warmup() {}

  /**
   * Runs all paths: for the first bridge of a process, often enough for the JVM to compile them. A
   * failure is logged, and the bridge runs without the warm-up.
   */
  static void run(AiBridge bridge, ActionService actions, World world) {
    try {
      bridge.statusJson();
      compile(actions, world.clock(), world.once().take(Warmup.class));
    } catch (Throwable e) {
      log.warn(
          "the first ticks will be slower, the warm-up failed: {}", Reason.of(e), Reason.trace(e));
    }
  }

  /** Publishes one event of each kind, so that all classes needed for that are loaded. */
  static void publishOnce(World world) {
    publish(events().size(), world.clock().nanos(), world.clock());
  }

  private static void compile(ActionService actions, BridgeClock clock, boolean first) {
    long start = clock.nanos();
    publish(first ? EVENTS : SLICE, start, clock);
    int applied = 0;
    do {
      actions.warmUp(SLICE);
      applied += SLICE;
    } while (first && applied < ACTIONS && clock.nanos() - start < MAX_NANOS);
  }

  private static void publish(int events, long start, BridgeClock clock) {
    Intake intake = Intake.inMemory(RING_BYTES, MAX_EVENT_BYTES);
    RingDrain drain = intake.drain();
    List<GameEvent> kinds = events();
    EventPublisher typed = new EventPublisher(intake);
    for (int i = 0; i < events; i++) {
      intake.publish(kinds.get(i % kinds.size()));
      typed.monsterKill(1, "prontera", 1);
      typed.monsterKill("player", "prontera", "monster");
      if (i % SLICE == 0) {
        drain.read(RING_BYTES, (buffer, index, length) -> {});
        drain.free();
        if (clock.nanos() - start > MAX_NANOS / 2) {
          return;
        }
      }
    }
    intake.shut(RefusalReason.CLOSED);
    intake.publish(kinds.get(0));
  }

  private static List<GameEvent> events() {
    String map = "prontera";
    return Stream.of(
            Stream.of(
                GameEvent.playerLogin(1, map),
                GameEvent.playerLogout(1, map),
                GameEvent.npcInteraction(1, map, 1),
                GameEvent.monsterKill(1, map, 1),
                GameEvent.mvpKill(1, map, 1),
                GameEvent.dailyReset(),
                GameEvent.mapChange(1, map, "geffen"),
                GameEvent.itemDrop(1, map, 501, 1),
                GameEvent.questComplete(1, map, 1),
                GameEvent.tradeComplete(1, map, 2, 1),
                GameEvent.monsterKill("d\u00e9\u2026", map, "game:monster")
                    .at(Position.at(1, -2, 3)),
                GameEvent.questComplete("", map, "\ud83d\ude00").at(Position.at(1, 2)),
                GameEvent.custom("warm_up", 1, map, "{\"a\":[1,\"\u00e9\\n\",true,null]}"),
                GameEvent.custom("warm_up", 1, map, "\"" + "x".repeat(MAX_EVENT_BYTES) + "\""),
                GameEvent.custom("", 1, map, "{")),
            Stream.of(Priority.values())
                .map(priority -> GameEvent.monsterKill(1, map, 1).withPriority(priority)))
        .flatMap(some -> some)
        .toList();
  }
}
