package org.aibridge.examples.mapserver;

/**
 * What NPCs say, where it takes a script to know. Game thread only; nothing here waits.
 *
 * <p>The map-server asks through this one type, whatever runs the scripts.
 */
public interface NpcTalk {
  /** Begins a talk; the NPC's words reach {@link Player#hear} now or in a later tick. */
  void talk(Npc npc, Player player);

  /** Notes that the player has left, which ends any talk. */
  void leave(Player player);

  /** Runs scripts that are ready to go on; called once a tick, after the bridge's own tick. */
  void tick();
}
