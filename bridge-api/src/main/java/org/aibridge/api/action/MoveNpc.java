package org.aibridge.api.action;

/** Move an NPC on its map. */
public record MoveNpc(ActionHeader header, NpcRef npc, int x, int y) implements Action {}
