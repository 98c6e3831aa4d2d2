package org.aibridge.api.action;

/**
 * Something the AI service decided, checked against the contract before a handler sees it.
 *
 * <p>Later versions may add kinds, so a {@code switch} over them needs a {@code default}, and
 * components to a kind, so a handler reads by accessor.
 *
 * <p>One record per kind. What the service names in one of two ways, by a number or by a name, has
 * a field for each: the other one is 0 or empty.
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

  /** The id that the AI service gave the action; unique for ever. */
  default String id() {
    return header().id();
  }

  /** The priority; actions with a higher priority are applied sooner. */
  default int priority() {
    return header().priority();
  }

  /** The player or map the action is about; {@link ActionTarget#GLOBAL} if there is neither. */
  default ActionTarget target() {
    return ActionTarget.GLOBAL;
  }
}
