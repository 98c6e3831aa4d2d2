package org.aibridge.api.action;

/** Take an NPC from the world. */
public record RemoveNpc(ActionHeader header, NpcRef npc) implements Action {}
