package org.aibridge.core.action;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;

/** The settings of {@code [action_limits]}: at first nothing is limited. */
final class Permits implements Supplier<BridgeConfig.ActionLimits> {
  BridgeConfig.ActionLimits.Mode mode = BridgeConfig.ActionLimits.Mode.APPLY;
  Set<String> typesOff = Set.of();
  List<String> approve = List.of();
  Duration approveTime = Duration.ofHours(24);
  List<String> mapsAllowed = List.of();
  int totalPerSecond;
  BridgeConfig.MonsterLimits monsters =
      new BridgeConfig.MonsterLimits(100, 0, new IdRanges(List.of()));
  BridgeConfig.RewardLimits rewards =
      new BridgeConfig.RewardLimits(
          Long.MAX_VALUE,
          Integer.MAX_VALUE,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          0,
          new IdRanges(List.of()));
  BridgeConfig.BroadcastLimits broadcasts = new BridgeConfig.BroadcastLimits(255, 0);
  long minPrice;

  @Override
  public BridgeConfig.ActionLimits get() {
    return new BridgeConfig.ActionLimits(
        mode,
        typesOff,
        approve,
        approveTime,
        mapsAllowed,
        totalPerSecond,
        monsters,
        rewards,
        broadcasts,
        minPrice,
        1);
  }
}
