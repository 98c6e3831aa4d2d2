package org.aibridge.core.action;

import org.aibridge.api.action.Action;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.SpawnNpc;

/** Whom and where an action is about; allocates nothing. Any thread. */
final class ActionTargets {
  private ActionTargets() {}

  /** The map it names, or the empty text. */
  static String map(Action action) {
    if (action instanceof SpawnMonster spawn) {
      return spawn.map();
    }
    if (action instanceof SpawnNpc spawn) {
      return spawn.map();
    }
    if (action instanceof SetMapFlag flag) {
      return flag.map();
    }
    if (action instanceof Broadcast broadcast) {
      return broadcast.map();
    }
    return action instanceof CustomAction custom ? custom.targetMap() : "";
  }

  /** The player it names, or null. */
  static PlayerRef player(Action action) {
    if (action instanceof GiveReward reward) {
      return reward.player();
    }
    return action instanceof CreateQuest quest ? quest.player() : null;
  }
}
