package org.aibridge.examples.mapserver;

/**
 * What NPCs say, where it takes a script to know. Game thread only; nothing here waits.
 *
 * <p>The map-server asks through this one type, whatever runs the scripts.
 */
public interface NpcTalk {
  /** Begins a talk; what the NPC says reaches {@link Player#hear} now or in a later tick. */
  void talk(Npc npc, Player player);

  /** The player is gone, and with them the talk they were in. */
  void leave(Player player);

  /** Called once a tick, after the bridge's own, for scripts that are ready to go on. */
  void tick();
}
