package org.aibridge.core.action;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.ActionType.Subject;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;

/** The settings of {@code [action_limits]}: at first nothing is limited. */
final class Permits implements Supplier<BridgeConfig.ActionLimits> {
  private static final BridgeConfig.SubjectRate NO_RATE =
      new BridgeConfig.SubjectRate(0, Duration.ZERO);

  BridgeConfig.ActionLimits.Mode mode = BridgeConfig.ActionLimits.Mode.APPLY;
  Set<String> typesOff = Set.of();
  List<String> approve = List.of();
  Duration approveTime = Duration.ofHours(24);
  List<String> mapsAllowed = List.of();
  int totalPerSecond;
  final Map<ActionType, BridgeConfig.Rates> rates = new EnumMap<>(ActionType.class);
  BridgeConfig.MonsterLimits monsters =
      new BridgeConfig.MonsterLimits(100, new IdRanges(List.of(), List.of()), List.of());
  BridgeConfig.RewardLimits rewards =
      rewards(Long.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
  int maxBroadcast = 255;
  long minPrice;

  Permits() {
    for (ActionType type : ActionType.values()) {
      perMinute(type, 0);
    }
  }

  /** Rewards up to so much each and without end in all. */
  static BridgeConfig.RewardLimits rewards(
      long zeny, int quantity, long baseExp, long jobExp, IdRanges.Range... denied) {
    return new BridgeConfig.RewardLimits(
        zeny,
        quantity,
        baseExp,
        jobExp,
        new IdRanges(List.of(denied), List.of()),
        new BridgeConfig.Goods(0, 0, 0, 0));
  }

  /** What all rewards of a day may give. */
  void perDay(long zeny, long items, long baseExp, long jobExp) {
    rewards =
        new BridgeConfig.RewardLimits(
            rewards.maxZeny(),
            rewards.maxQuantity(),
            rewards.maxBaseExp(),
            rewards.maxJobExp(),
            rewards.denied(),
            new BridgeConfig.Goods(zeny, items, baseExp, jobExp));
  }

  void perMinute(ActionType type, int most) {
    BridgeConfig.Rates before = rates.get(type);
    Map<Subject, BridgeConfig.SubjectRate> per = new EnumMap<>(Subject.class);
    type.subjects().forEach(subject -> per.put(subject, NO_RATE));
    rates.put(type, new BridgeConfig.Rates(most, before == null ? per : before.per()));
  }

  /** A limit of the type about one of that kind; {@code cooldown} in seconds. */
  void per(ActionType type, Subject subject, int anHour, int cooldown) {
    rates
        .get(type)
        .per()
        .put(subject, new BridgeConfig.SubjectRate(anHour, Duration.ofSeconds(cooldown)));
  }

  @Override
  public BridgeConfig.ActionLimits get() {
    return new BridgeConfig.ActionLimits(
        mode,
        typesOff,
        approve,
        approveTime,
        mapsAllowed,
        totalPerSecond,
        Map.copyOf(rates),
        monsters,
        rewards,
        maxBroadcast,
        minPrice,
        1);
  }
}
