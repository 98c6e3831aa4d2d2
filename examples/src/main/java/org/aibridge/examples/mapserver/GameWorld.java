package org.aibridge.examples.mapserver;

import java.util.SplittableRandom;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.GameEvent;

/**
 * A small world with players who keep it busy, about 1.3 events a player and second.
 *
 * <p>Driven by {@link #tick} on one thread, the game thread. The same seed, players and decisions
 * at the same ticks make the same world and the same events; only the events' time differs.
 */
public final class GameWorld {
  /** The game time of one tick, in milliseconds. */
  public static final int TICK_MS = 50;

  private static final int TICKS_PER_DAY = 24 * 60 * 60 * 1000 / TICK_MS;

  /** The tick at which the day begins; soon after the start, so that a short run sees it. */
  static final int DAILY_RESET_TICK = 100;

  private final AiBridge bridge;
  private final NpcTalk talk;
  private final Realm realm;
  private final EventTally tally;
  private final AppliedLog applied = new AppliedLog();
  private final Crowd crowd;

  /** True if the players stand still. Any thread may set it. */
  private volatile boolean resting;

  /**
   * Makes the world and registers its handlers with {@code bridge}.
   *
   * @param players how many, 1 or more
   */
  public GameWorld(long seed, int players, AiBridge bridge, NpcTalk talk) {
    if (players < 1) {
      throw new IllegalArgumentException("players must be >= 1, was " + players);
    }
    SplittableRandom dice = new SplittableRandom(seed);
    this.bridge = bridge;
    this.talk = talk;
    this.realm = new Realm(players);
    this.tally = new EventTally(bridge);
    this.crowd = new Crowd(realm, tally, talk, dice.split());
    new Decisions(realm, applied, dice.split()).registerWith(bridge);
  }

  /**
   * One tick of the world: decisions first, so that players meet the world as decided.
   *
   * @param tick the number of the tick, from 0, each one once
   */
  public void tick(int tick) {
    bridge.tick();
    talk.tick();
    realm.npcs().forEach(Npc::step);
    if (resting) {
      return;
    }
    if (tick % TICKS_PER_DAY == DAILY_RESET_TICK) {
      dailyReset();
    }
    crowd.tick(tick);
  }

  /** Makes the players stand still from the next tick on; decisions go on. Any thread. */
  public void rest() {
    resting = true;
  }

  /** Returns the world's own count of what it published. */
  public EventTally tally() {
    return tally;
  }

  /** Returns the world's own record of the actions it was given. */
  public AppliedLog applied() {
    return applied;
  }

  /** Returns the map with this name; {@code null} if there is none. */
  public GameMap map(String name) {
    return realm.map(name);
  }

  /** Returns the shop with this name; {@code null} if there is none. */
  public Shop shop(String name) {
    return realm.shop(name, 0);
  }

  /** Returns the player with this number; {@code null} if there is none. */
  public Player player(long id) {
    return realm.player(new PlayerRef(id, ""));
  }

  /** Returns the newest NPC with this name; {@code null} if there is none. */
  public Npc npc(String name) {
    return realm.npc(new NpcRef(name, 0));
  }

  private void dailyReset() {
    realm.shops().forEach(Shop::restock);
    realm.restoreNpcs();
    tally.publish(GameEvent.dailyReset());
  }
}
