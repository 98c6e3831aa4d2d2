package org.aibridge.api.action;

/**
 * Something the AI service decided, checked against the contract before a handler sees it.
 *
 * <p>One record per kind. Coordinates that the service left out are 0, which a map-server reads as
 * "anywhere": cell (0, 0) of a map is never walkable.
 */
public sealed interface Action
    permits SpawnMonster,
        SpawnNpc,
        RemoveNpc,
        MoveNpc,
        GiveReward,
        Broadcast,
        CreateQuest,
        SetMapFlag,
        UpdateEconomy,
        CustomAction {
  /** The header that every action carries. */
  ActionHeader header();

  /** The service's own id, unique for ever. */
  default String id() {
    return header().id();
  }

  /** The priority; a larger number is applied sooner. */
  default int priority() {
    return header().priority();
  }

  /** The player or map that the action is about; {@link ActionTarget#GLOBAL} if it is neither. */
  default ActionTarget target() {
    return ActionTarget.GLOBAL;
  }
}
