package org.aibridge.core.action;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.GiveReward;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.ActionType.Subject;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Counts admitted actions against the server's own rates and sums. Actions thread only, except
 * {@link #identifyPlayers}.
 *
 * <p>Times are the ledger's: they continue across restarts, and stand still while no bridge runs.
 * Windows slide: a limit per hour holds for any 60 minutes, not only from one full hour to the
 * next. The ledger reports the actions that earlier processes admitted, which count too.
 */
final class ActionRates {
  private static final Logger log = Logs.of(ActionRates.class);
  private static final long SECOND_MS = 1000;
  private static final long MINUTE_MS = 60 * SECOND_MS;
  private static final long HOUR_MS = 60 * MINUTE_MS;

  /** The maximum number of players, NPCs and maps that are counted for one action. */
  private static final int MAX_SUBJECTS = 16;

  /** The number of windows that causes the first removal of expired windows. */
  private static final int SWEEP_AT = 4096;

  /** The maximum number of windows, about 30 MB; an action that needs one more is refused. */
  private static final int MAX_WINDOWS = 100_000;

  private static final List<String> GOODS = List.of("zeny", "items", "base_exp", "job_exp");

  /** The times at which actions of one type, or of one type and subject, were admitted. */
  private static final class Window {
    private final Deque<Long> times = new ArrayDeque<>();
    private long lastMs;
    private long overMs;

    int within(long nowMs, long windowMs) {
      while (!times.isEmpty() && nowMs - times.peek() >= windowMs) {
        times.poll();
      }
      return times.size();
    }

    void add(long ms, long windowMs, boolean counted) {
      lastMs = ms;
      overMs = ms + windowMs;
      if (counted) {
        times.add(ms);
      }
    }
  }

  private final LogThrottle throttle;
  private final Map<String, Window> windows = new HashMap<>();
  private final List<DaySum> sums = Stream.generate(DaySum::new).limit(GOODS.size()).toList();
  private volatile ToLongFunction<? super String> numberOf = name -> 0;
  private int sweepAt = SWEEP_AT;
  private long nextSweepMs = Long.MIN_VALUE;

  ActionRates(LogThrottle throttle) {
    this.throttle = throttle;
  }

  /** Sets the function that returns the number of a player by name, or 0. Any thread. */
  void identifyPlayers(ToLongFunction<? super String> numberOfName) {
    numberOf = numberOfName;
  }

  /**
   * Returns what {@code action} counts towards under {@code limits}.
   *
   * @throws InvalidAction if the action names more subjects than can be counted
   */
  Tally tally(Action action, BridgeConfig.ActionLimits limits) throws InvalidAction {
    ActionKind<Action> kind = ActionKind.of(action);
    Counted counted = new Counted(limits.rates().get(kind.type()));
    kind.subjects().accept(action, counted);
    if (counted.names.size() > MAX_SUBJECTS) {
      throw new InvalidAction(
          "names more than " + MAX_SUBJECTS + " players, NPCs and maps that limits count");
    }
    return new Tally(kind.type(), List.copyOf(counted.names), goods(action));
  }

  private static BridgeConfig.Goods goods(Action action) {
    return action instanceof GiveReward reward
        ? new BridgeConfig.Goods(
            reward.zeny(), reward.quantity(), reward.baseExp(), reward.jobExp())
        : null;
  }

  /** Returns which limit another action would break; empty if none. Does not count the action. */
  String refusal(Tally tally, long nowMs, BridgeConfig.ActionLimits limits) {
    return refusal(tally, nowMs, limits, 0);
  }

  /**
   * Returns why an action already counted, but not begun, breaks the current limits; empty if not.
   * Checks against everything counted: two actions that together exceed a limit are both refused.
   */
  String refusalOfCounted(Tally tally, long nowMs, BridgeConfig.ActionLimits limits) {
    return refusal(tally, nowMs, limits, 1);
  }

  /**
   * @param itself 1 if the action is already counted, else 0
   */
  private String refusal(Tally tally, long nowMs, BridgeConfig.ActionLimits limits, int itself) {
    BridgeConfig.Rates rates = limits.rates().get(tally.type());
    Window all = windows.get(tally.type().key());
    if (rates.perMinute() > 0
        && all != null
        && all.within(nowMs, MINUTE_MS) - itself >= rates.perMinute()) {
      return "more than " + ConfigKeys.perMinute(tally.type()) + ", which is " + rates.perMinute();
    }
    for (SubjectName subject : tally.subjects()) {
      Window window = windows.get(key(tally.type(), subject));
      String refusal =
          window != null
              ? refusal(tally.type(), subject, rates, window, nowMs, itself)
              : itself > 0 ? "" : full(nowMs);
      if (!refusal.isEmpty()) {
        return refusal;
      }
    }
    return tally.goods() == null
        ? ""
        : refusal(tally.goods(), nowMs, limits.rewards().perDay(), itself);
  }

  private static String refusal(
      ActionType type,
      SubjectName about,
      BridgeConfig.Rates rates,
      Window window,
      long nowMs,
      int itself) {
    Subject subject = about.subject();
    BridgeConfig.SubjectRate rate = rates.per().get(subject);
    if (rate.perHour() > 0 && window.within(nowMs, HOUR_MS) - itself >= rate.perHour()) {
      return Sentence.of(
          "more than %s for this %s, which is %d",
          ConfigKeys.perHour(type, subject), subject.word(), rate.perHour());
    }
    return itself == 0 && nowMs - window.lastMs < rate.cooldown().toMillis()
        ? Sentence.of(
            "sooner than %s for this %s, which is %d s",
            ConfigKeys.cooldown(type, subject), subject.word(), rate.cooldown().toSeconds())
        : "";
  }

  private String refusal(
      BridgeConfig.Goods goods, long nowMs, BridgeConfig.Goods perDay, int itself) {
    long[] given = amounts(goods);
    long[] most = amounts(perDay);
    for (int i = 0; i < given.length; i++) {
      // Subtracts the sum from the limit, because sum + more may overflow a long.
      long more = itself > 0 ? 0 : given[i];
      if (most[i] > 0 && given[i] > 0 && more > most[i] - sums.get(i).at(nowMs)) {
        return Sentence.of(
            "more than give_reward.%s_per_day for all players, which is %d", GOODS.get(i), most[i]);
      }
    }
    return "";
  }

  private String full(long nowMs) {
    if (windows.size() >= MAX_WINDOWS - MAX_SUBJECTS && nowMs >= nextSweepMs) {
      nextSweepMs = nowMs + SECOND_MS;
      sweep(nowMs);
    }
    return windows.size() >= MAX_WINDOWS - MAX_SUBJECTS
        ? "too many different players, NPCs and maps for the limits to count"
        : "";
  }

  /** Counts an action admitted at {@code ms}. Call in chronological order. */
  void count(Tally tally, long ms, BridgeConfig.ActionLimits limits) {
    BridgeConfig.Rates rates = limits.rates().get(tally.type());
    if (rates.perMinute() > 0) {
      window(tally.type().key(), ms).add(ms, MINUTE_MS, true);
    }
    for (SubjectName subject : tally.subjects()) {
      BridgeConfig.SubjectRate rate = rates.per().get(subject.subject());
      if (isLimited(rate)) {
        long counts = Math.max(HOUR_MS, rate.cooldown().toMillis());
        window(key(tally.type(), subject), ms).add(ms, counts, rate.perHour() > 0);
      }
    }
    if (tally.goods() != null) {
      long[] given = amounts(tally.goods());
      for (int i = 0; i < given.length; i++) {
        sums.get(i).add(ms, given[i]);
      }
    }
  }

  /** Returns {@code settler}; it also counts the actions that earlier processes handed over. */
  LedgerSettler counting(LedgerSettler settler, Supplier<BridgeConfig.ActionLimits> limits) {
    return new LedgerSettler() {
      @Override
      public ActionResult settle(LedgerEntry interrupted, long nowMs) {
        return settler.settle(interrupted, nowMs);
      }

      @Override
      public void counted(Tally tally, long ms) {
        count(tally, ms, limits.get());
      }
    };
  }

  private static boolean isLimited(BridgeConfig.SubjectRate rate) {
    return rate != null && (rate.perHour() > 0 || !rate.cooldown().isZero());
  }

  private static String key(ActionType type, SubjectName subject) {
    return type.key() + " " + subject;
  }

  private static long[] amounts(BridgeConfig.Goods goods) {
    return new long[] {goods.zeny(), goods.items(), goods.baseExp(), goods.jobExp()};
  }

  private Window window(String key, long ms) {
    if (windows.size() >= sweepAt) {
      sweep(ms);
      sweepAt = Math.max(SWEEP_AT, 2 * windows.size());
    }
    return windows.computeIfAbsent(key, name -> new Window());
  }

  private void sweep(long nowMs) {
    windows.values().removeIf(window -> nowMs >= window.overMs);
  }

  /** Collects the players, NPCs and maps of an action that a limit applies to. */
  private final class Counted implements SubjectVisitor {
    private final BridgeConfig.Rates rates;
    private final Set<SubjectName> names = new LinkedHashSet<>();

    Counted(BridgeConfig.Rates rates) {
      this.rates = rates;
    }

    @Override
    public void player(long id, String name, String key) {
      if (!add(Subject.PLAYER, id, name)) {
        return;
      }
      if (!key.isEmpty()) {
        names.add(SubjectName.keyed(key));
      }
      if (!name.isEmpty()) {
        long number = number(name);
        if (number != 0) {
          add(Subject.PLAYER, number, "");
        }
      }
    }

    @Override
    public void npc(long id, String name) {
      add(Subject.NPC, id, name);
    }

    @Override
    public void map(String map) {
      add(Subject.MAP, 0, map);
    }

    /** Adds the number and the name that are given; true if this kind of subject has a limit. */
    private boolean add(Subject subject, long id, String name) {
      if (!isLimited(rates.per().get(subject)) || names.size() > MAX_SUBJECTS) {
        return false;
      }
      if (id != 0) {
        names.add(SubjectName.numbered(subject, id));
      }
      if (!name.isEmpty()) {
        names.add(SubjectName.named(subject, name));
      }
      return true;
    }
  }

  /** Returns the number of the player called {@code name}; 0 if unknown or if the host throws. */
  private long number(String name) {
    try {
      return numberOf.applyAsLong(name);
    } catch (Throwable e) {
      throttle.run(
          "whose name",
          () -> log.error("whose name it is cannot be asked: {}", Reason.of(e), Reason.trace(e)));
      return 0;
    }
  }
}
