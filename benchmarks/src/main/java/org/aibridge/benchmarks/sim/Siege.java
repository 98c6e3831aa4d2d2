package org.aibridge.benchmarks.sim;

import java.util.SplittableRandom;
import org.aibridge.api.event.GameEvent;

/**
 * Makes the events of a siege: mostly kills, many changes of map, drops, some deaths as custom
 * events with 200 bytes of JSON, and a few of other types.
 */
final class Siege {
  private static final String[] MAPS = {"prtg_cas01", "prtg_cas02", "prontera", "gef_fild00"};
  private static final String REPORT =
      "\",\"skills\":[\"storm_gust\",\"heal\"],\"x\":150,\"y\":201}";
  private static final String WORDS = "{\"text\":\"" + "at the gate ".repeat(12);

  private final SplittableRandom random = new SplittableRandom(7);
  private final int players;
  private final double eventsPerTick;
  private double owed;

  /** Makes a siege by {@code players} who each cause {@code eventsPerSecond} events a second. */
  Siege(int players, double eventsPerSecond, double tickSeconds) {
    this.players = players;
    this.eventsPerTick = players * eventsPerSecond * tickSeconds;
  }

  /** Advances by one tick, and returns the number of events in that tick. */
  int nextTick() {
    owed += eventsPerTick;
    int now = (int) owed;
    owed -= now;
    return now;
  }

  GameEvent next() {
    int player = 150_000 + random.nextInt(players);
    int dice = random.nextInt(100);
    String map = MAPS[dice & 3];
    if (dice < 60) {
      return GameEvent.monsterKill(player, map, 1000 + dice);
    }
    if (dice < 75) {
      return GameEvent.mapChange(player, map, MAPS[dice + 1 & 3]);
    }
    if (dice < 88) {
      return GameEvent.itemDrop(player, map, 500 + dice, 1 + (dice & 7));
    }
    if (dice < 95) {
      return GameEvent.custom("siege_death", player, map, WORDS + REPORT);
    }
    return dice < 98
        ? GameEvent.npcInteraction(player, map, dice)
        : GameEvent.tradeComplete(player, map, 150_000, dice);
  }
}
