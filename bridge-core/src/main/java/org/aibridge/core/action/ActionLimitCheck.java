package org.aibridge.core.action;

import java.util.List;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.SpawnNpc;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.text.Sentence;

/**
 * Holds one action against the limits that the server owns. Keeps no state; any thread.
 *
 * <p>Asked when an action comes, and again when its turn comes if the limits are others by then. An
 * action that keeps to them costs no allocation.
 */
final class ActionLimitCheck {
  /** The switch of all types that the contract does not list. */
  private static final String CUSTOM = "custom";

  private ActionLimitCheck() {}

  /** Why {@code action} is refused, or null when it keeps to the limits. */
  static String refusal(Action action, BridgeConfig.ActionLimits limits) {
    String type = action.header().type();
    String refusal = switchedOff(action instanceof CustomAction ? CUSTOM : type, limits);
    if (refusal == null) {
      refusal = map(mapOf(action), limits.mapsAllowed());
    }
    if (refusal == null
        && action instanceof CustomAction custom
        && custom.payload().get("map") instanceof String map) {
      refusal = map(map, limits.mapsAllowed()); // Its handler is given the whole payload.
    }
    return refusal == null ? caps(action, limits) : refusal;
  }

  /** Whether {@code action} waits for an operator's yes. */
  static boolean needsApproval(Action action, BridgeConfig.ActionLimits limits) {
    return limits.approve().contains(action.header().type())
        || action instanceof CustomAction && limits.approve().contains(CUSTOM);
  }

  private static String switchedOff(String type, BridgeConfig.ActionLimits limits) {
    if (limits.mode() == BridgeConfig.ActionLimits.Mode.OFF) {
      return "actions are off on this server (mode = off)";
    }
    return limits.typesOff().contains(type)
        ? type + " is off on this server (" + type + " = off)"
        : null;
  }

  /** The map it names beside whatever else it is about, or the empty text. */
  private static String mapOf(Action action) {
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

  private static String map(String map, List<String> allowed) {
    return allowed.isEmpty() || map.isEmpty() || allowed.contains(map)
        ? null
        : "map " + map + " is not among maps_allowed";
  }

  private static String caps(Action action, BridgeConfig.ActionLimits limits) {
    if (action instanceof SpawnMonster spawn) {
      return monsters(spawn, limits.monsters());
    }
    if (action instanceof GiveReward reward) {
      return reward(reward, limits.rewards());
    }
    if (action instanceof Broadcast broadcast) {
      int length = broadcast.message().codePointCount(0, broadcast.message().length());
      return above("broadcast.max_length", length, limits.broadcasts().maxLength());
    }
    if (action instanceof UpdateEconomy economy
        && economy.price() != UpdateEconomy.UNCHANGED
        && economy.price() < limits.minPrice()) {
      return Sentence.of(
          "%d is below update_economy.min_price, which is %d", economy.price(), limits.minPrice());
    }
    return null;
  }

  private static String monsters(SpawnMonster spawn, BridgeConfig.MonsterLimits limits) {
    return limits.denied().contains(spawn.monsterId())
        ? "monster " + spawn.monsterId() + " is in spawn_monster.denied"
        : above("spawn_monster.max_amount", spawn.amount(), limits.maxAmount());
  }

  private static String reward(GiveReward reward, BridgeConfig.RewardLimits limits) {
    if (reward.itemId() != 0 && limits.denied().contains(reward.itemId())) {
      return "item " + reward.itemId() + " is in give_reward.denied";
    }
    String refusal = above("give_reward.max_zeny", reward.zeny(), limits.maxZeny());
    if (refusal == null) {
      refusal = above("give_reward.max_quantity", reward.quantity(), limits.maxQuantity());
    }
    if (refusal == null) {
      refusal = above("give_reward.max_base_exp", reward.baseExp(), limits.maxBaseExp());
    }
    if (refusal == null) {
      refusal = above("give_reward.max_job_exp", reward.jobExp(), limits.maxJobExp());
    }
    return refusal;
  }

  private static String above(String key, long given, long max) {
    return given > max ? Sentence.of("%d is above %s, which is %d", given, key, max) : null;
  }
}
