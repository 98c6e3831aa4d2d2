package org.aibridge.core.action;

/** Takes whom and what an action names; a part that it does not name is 0 or empty. */
interface Subjects {
  default void player(long id, String name) {}

  default void npc(long id, String name) {}

  default void map(String map) {}
}
