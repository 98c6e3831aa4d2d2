package org.aibridge.api.action;

/** An action that removes an NPC from the world. */
public record RemoveNpc(ActionHeader header, NpcRef npc) implements Action {}
