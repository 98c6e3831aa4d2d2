package org.aibridge.core.action;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * Warms up the code of a tick, with a runner, marks and handlers of its own. There are several
 * handlers with different ends: code compiled for only one would have to be compiled again for the
 * host's handlers.
 */
final class ActionWarmup {
  private static final int A_TICK = 10;
  private static final ActionReply.Outcome DONE = new ActionReply.Outcome(true, "");
  private static final IllegalStateException THROWN = new IllegalStateException();

  /** The number of actions per tick; not more than the inbox has room for. */
  private final int atOnce;

  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final Queue<ActionEnd> ended = new ConcurrentLinkedQueue<>();
  private final ProgressMarks marks = ProgressMarks.ofThisProcess(4 * A_TICK);
  private final ActionRunner runner;
  private final List<Action> fresh;
  private final List<Action> stale;
  private int number;

  ActionWarmup(
      Supplier<BridgeConfig.ActionExecutor> config,
      Supplier<BridgeConfig.ActionLimits> limits,
      BridgeClock clock) {
    this.limits = limits;
    this.atOnce = Math.min(A_TICK, config.get().inboxSize());
    HandlerRegistry handlers = new HandlerRegistry();
    handlers.put(Broadcast.class, action -> DONE);
    handlers.put(SpawnMonster.class, action -> ActionReply.failed(""));
    handlers.put(SetMapFlag.class, ActionWarmup::walk);
    handlers.put(GiveReward.class, ActionWarmup::stumble);
    handlers.putCustom("warm_up", action -> ActionReply.done());
    ActionInvoker invoker = new ActionInvoker(config, limits, handlers, marks, clock, ended);
    this.runner = new ActionRunner(config, invoker, clock);
    this.fresh = actions(clock.epochMs());
    this.stale = actions(0);
  }

  /** Applies about {@code actions} actions, and returns how many ended in each way. */
  Map<ActionResult.End, Integer> run(int actions) {
    Map<ActionResult.End, Integer> counts = new EnumMap<>(ActionResult.End.class);
    while (number < actions) {
      for (int i = 0; i < atOnce; i++) {
        runner.offer(next());
      }
      runner.tick();
      for (ActionEnd end = ended.poll(); end != null; end = ended.poll()) {
        marks.give(end.task().mark);
        counts.merge(end.end(), 1, Integer::sum);
      }
    }
    return counts;
  }

  /** Returns the next action; most actions are fresh and within the limits, as on a server. */
  private ActionTask next() {
    int now = number++;
    List<Action> actions = now % 50 == 0 ? stale : fresh;
    Action action = actions.get(now % actions.size());
    return new ActionTask(
        new LedgerEntry("", action.header().type(), 0),
        action,
        now,
        marks.take(""),
        null,
        now % 20 == 0 ? null : limits.get());
  }

  private static ActionReply walk(Action action) {
    return ActionReply.later(CompletableFuture.completedFuture(DONE));
  }

  private static ActionReply stumble(Action action) {
    throw THROWN;
  }

  private static List<Action> actions(long receivedAtMs) {
    return List.of(
        new Broadcast(header("broadcast", receivedAtMs), "m", ""),
        new SpawnMonster(header("spawn_monster", receivedAtMs), "m", 1, 1, 1, 1, ""),
        new SetMapFlag(header("set_map_flag", receivedAtMs), "m", "f", 1),
        new GiveReward(header("give_reward", receivedAtMs), new PlayerRef(1, ""), 0, 0, 0, 0, 0),
        new CustomAction(header("warm_up", receivedAtMs), "{}"),
        new Broadcast(header("broadcast", receivedAtMs), "m", ""),
        new CustomAction(header("unknown", receivedAtMs), "{}"));
  }

  private static ActionHeader header(String type, long receivedAtMs) {
    return new ActionHeader("", type, 0, receivedAtMs);
  }
}
