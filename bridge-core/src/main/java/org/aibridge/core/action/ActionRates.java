package org.aibridge.core.action;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * Counts what was let through against the rates that the server owns. For the actions thread.
 *
 * <p>A window slides: no hour, and not only no full hour, sees more than it may. That of rewards
 * goes on from what the ledger tells of earlier processes; the others, of a minute, begin anew.
 */
final class ActionRates {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  /** At how many players those are forgotten who got nothing for an hour. */
  private static final int SWEEP_AT = 4096;

  private final BridgeClock clock;
  private final Deque<Long> broadcasts = new ArrayDeque<>();
  private final Deque<Long> spawns = new ArrayDeque<>();
  private final Map<String, Deque<Long>> rewards = new HashMap<>();
  private int sweepAt = SWEEP_AT;

  ActionRates(BridgeClock clock) {
    this.clock = clock;
  }

  /** Why {@code action} is one too many, or null. Counts nothing: see {@link #count}. */
  String refusal(Action action, BridgeConfig.ActionLimits limits) {
    if (action instanceof Broadcast) {
      int max = limits.broadcasts().perMinute();
      return hasRoom(broadcasts, MINUTE, max)
          ? null
          : "more than broadcast.per_minute, which is " + max;
    }
    if (action instanceof SpawnMonster) {
      int max = limits.monsters().perMinute();
      return hasRoom(spawns, MINUTE, max)
          ? null
          : "more than spawn_monster.per_minute, which is " + max;
    }
    if (action instanceof GiveReward reward) {
      int max = limits.rewards().perPlayerPerHour();
      Deque<Long> times = rewards.get(name(reward.player()));
      return times == null || hasRoom(times, HOUR, max)
          ? null
          : "more than give_reward.per_player_per_hour for this player, which is " + max;
    }
    return null;
  }

  /** Counts an action that was let through, once nothing can keep it from being let through. */
  void count(Action action, BridgeConfig.ActionLimits limits) {
    if (action instanceof Broadcast) {
      count(broadcasts, limits.broadcasts().perMinute());
    } else if (action instanceof SpawnMonster) {
      count(spawns, limits.monsters().perMinute());
    } else if (action instanceof GiveReward reward && limits.rewards().perPlayerPerHour() > 0) {
      sweep();
      rewards.computeIfAbsent(name(reward.player()), name -> new ArrayDeque<>()).add(clock.nanos());
    }
  }

  /** Counts a reward that an earlier process let through; the oldest come first. */
  void restore(ActionLedger.Reward reward) {
    rewards
        .computeIfAbsent(reward.player(), name -> new ArrayDeque<>())
        .add(clock.nanos() - TimeUnit.MILLISECONDS.toNanos(reward.agoMs()));
  }

  /** The player that {@code action} rewards, by the name it is counted under, or null. */
  static String rewarded(Action action) {
    return action instanceof GiveReward reward ? name(reward.player()) : null;
  }

  private static String name(PlayerRef player) {
    return player.id() != 0 ? "#" + player.id() : player.name().toLowerCase(Locale.ROOT);
  }

  private boolean hasRoom(Deque<Long> times, long window, int max) {
    if (max == 0) {
      return true;
    }
    expire(times, clock.nanos(), window);
    return times.size() < max;
  }

  private void count(Deque<Long> times, int max) {
    if (max == 0) {
      times.clear();
    } else {
      times.add(clock.nanos());
    }
  }

  private static void expire(Deque<Long> times, long now, long window) {
    while (!times.isEmpty() && now - times.peek() >= window) {
      times.poll();
    }
  }

  private void sweep() {
    if (rewards.size() < sweepAt) {
      return;
    }
    long now = clock.nanos();
    for (Iterator<Deque<Long>> all = rewards.values().iterator(); all.hasNext(); ) {
      Deque<Long> times = all.next();
      expire(times, now, HOUR);
      if (times.isEmpty()) {
        all.remove();
      }
    }
    sweepAt = Math.max(SWEEP_AT, 2 * rewards.size());
  }
}
