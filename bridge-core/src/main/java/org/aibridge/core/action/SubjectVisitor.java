package org.aibridge.core.action;

/** Receives the players, NPCs and maps that an action names; 0 or an empty text if missing. */
interface SubjectVisitor {
  default void player(long id, String name, String key) {}

  default void npc(long id, String name) {}

  default void map(String map) {}
}
