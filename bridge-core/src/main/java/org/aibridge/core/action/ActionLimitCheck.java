package org.aibridge.core.action;

import java.util.List;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * Checks one action against the limits that the server owns. No state; any thread.
 *
 * <p>An action is checked when it comes, and before its handler if the limits have changed.
 */
final class ActionLimitCheck {
  private static final int MAX_SHOWN = 64;

  private ActionLimitCheck() {}

  /** Returns which limit {@code action} breaks, as text; empty if none. */
  static String refusal(Action action, BridgeConfig.ActionLimits limits) {
    ActionKind<Action> kind = ActionKind.of(action);
    String refusal = switchedOff(kind.type().key(), limits);
    if (refusal.isEmpty() && !limits.mapsAllowed().isEmpty()) {
      MapCheck maps = new MapCheck(limits.mapsAllowed());
      kind.subjects().accept(action, maps);
      refusal = maps.refusal;
    }
    return refusal.isEmpty() ? kind.limits().apply(action, limits) : refusal;
  }

  /** True if an operator must approve {@code action}. */
  static boolean needsApproval(Action action, BridgeConfig.ActionLimits limits) {
    return limits.approve().contains(action.header().type())
        || action instanceof CustomAction && limits.approve().contains(ActionType.CUSTOM.key());
  }

  private static String switchedOff(String type, BridgeConfig.ActionLimits limits) {
    if (limits.mode() == BridgeConfig.ActionLimits.Mode.OFF) {
      return "actions are off on this server (mode = off)";
    }
    return limits.typesOff().contains(type)
        ? type + " is off on this server (" + type + " = off)"
        : "";
  }

  /** Checks each map that an action names. */
  private static final class MapCheck implements SubjectVisitor {
    private final List<String> allowed;
    private String refusal = "";

    MapCheck(List<String> allowed) {
      this.allowed = allowed;
    }

    @Override
    public void map(String map) {
      if (!map.isEmpty() && !allowed.contains(map)) {
        refusal = "map " + Shown.of(map, MAX_SHOWN) + " is not among maps_allowed";
      }
    }
  }

  static String monsters(SpawnMonster spawn, BridgeConfig.ActionLimits all) {
    BridgeConfig.MonsterLimits limits = all.monsters();
    String denied =
        denied("monster", spawn.monsterId(), spawn.monster(), limits.denied(), "spawn_monster");
    if (!denied.isEmpty()) {
      return denied;
    }
    return spawn.event().isEmpty() || limits.eventsAllowed().contains(spawn.event())
        ? above("spawn_monster.max_amount", spawn.amount(), limits.maxAmount())
        : "event " + spawn.event() + " is not among spawn_monster.events_allowed";
  }

  static String reward(GiveReward reward, BridgeConfig.ActionLimits all) {
    BridgeConfig.RewardLimits limits = all.rewards();
    String refusal = denied("item", reward.itemId(), reward.item(), limits.denied(), "give_reward");
    if (refusal.isEmpty()) {
      refusal = above("give_reward.max_zeny", reward.zeny(), limits.maxZeny());
    }
    if (refusal.isEmpty()) {
      refusal = above("give_reward.max_quantity", reward.quantity(), limits.maxQuantity());
    }
    if (refusal.isEmpty()) {
      refusal = above("give_reward.max_base_exp", reward.baseExp(), limits.maxBaseExp());
    }
    if (refusal.isEmpty()) {
      refusal = above("give_reward.max_job_exp", reward.jobExp(), limits.maxJobExp());
    }
    return refusal;
  }

  /** Returns a refusal if the thing's number or name is denied; empty if not. */
  private static String denied(String what, long id, String name, IdRanges denied, String type) {
    boolean listed =
        id != 0
            ? denied.contains(id)
            : !name.isEmpty()
                && (denied.contains(name) || denied.contains(SubjectName.number(name)));
    return listed
        ? what
            + " "
            + (id != 0 ? "" + id : Shown.of(name, MAX_SHOWN))
            + " is in "
            + type
            + ".denied"
        : "";
  }

  static String broadcast(Broadcast broadcast, BridgeConfig.ActionLimits limits) {
    int length = broadcast.message().codePointCount(0, broadcast.message().length());
    return above("broadcast.max_length", length, limits.maxBroadcast());
  }

  static String economy(UpdateEconomy economy, BridgeConfig.ActionLimits limits) {
    return economy.price() != UpdateEconomy.UNCHANGED && economy.price() < limits.minPrice()
        ? Sentence.of(
            "%d is below update_economy.min_price, which is %d", economy.price(), limits.minPrice())
        : "";
  }

  private static String above(String key, long given, long max) {
    return given > max ? Sentence.of("%d is above %s, which is %d", given, key, max) : "";
  }
}
