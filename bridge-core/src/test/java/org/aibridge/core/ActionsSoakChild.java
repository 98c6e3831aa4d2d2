package org.aibridge.core;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.event.GameEvent;

/**
 * A map-server of 20 ticks a second in a process of its own. It measures what the bridge takes of
 * each tick, in {@code publish} and in {@code tick}, beyond the handlers' own time. Of a handler at
 * most two microseconds count as that, so that a pause within one does not hide the bridge's work;
 * the CPU clock is read once a tick, for reading it takes longer than beginning an action.
 *
 * <p>A tick begins with about a millisecond of the world's own work. Between two ticks a control of
 * about the bridge's length, sums and nothing else, is measured in the same way, behind the same
 * work: how much longer it takes now and then is the machine's doing, such as a host that gives its
 * processors to others, which counts as CPU time here.
 *
 * <p>A line of input names the phase that begins, and is answered; {@code figures} is answered with
 * those of all phases.
 */
final class ActionsSoakChild {
  static final int PLAYERS = 2000;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long TICK_NANOS = 50_000_000;
  private static final long MOST_HANDLER_NANOS = 2000;
  private static final int CONTROL_STEPS = 20_000;
  private static final int WORLD_STEPS = 600_000;

  /** Each player does something every other second. */
  private static final int EVENTS_A_TICK = PLAYERS / 40;

  /** Twice what is decided in a tick; more than that has waited. */
  private static final int STEADY_ACTIONS = 20;

  private static final String[] PHASES = {"warm-up", "healthy", "flapping"};

  /** What was measured in one phase; the game thread's. */
  private static final class Figures {
    private long[] clock = new long[1024];
    private long[] cpu = new long[1024];
    private long[] control = new long[1024];
    private int ticks;
    private long applied;

    /** Ticks that catch up with what came in an outage, and what they did. */
    private final long[] catchUp = new long[3];

    /** CPU time of the others. */
    private long[] steady = new long[1024];

    private int steadyTicks;

    void add(long clockNanos, long cpuNanos, long controlNanos, long actions) {
      applied += actions;
      if (actions > STEADY_ACTIONS) {
        catchUp[0]++;
        catchUp[1] += actions;
        catchUp[2] += cpuNanos;
      } else {
        steady = steadyTicks < steady.length ? steady : Arrays.copyOf(steady, 2 * steadyTicks);
        steady[steadyTicks++] = cpuNanos;
      }
      if (ticks == clock.length) {
        clock = Arrays.copyOf(clock, 2 * ticks);
        cpu = Arrays.copyOf(cpu, 2 * ticks);
        control = Arrays.copyOf(control, 2 * ticks);
      }
      clock[ticks] = clockNanos;
      control[ticks] = controlNanos;
      cpu[ticks++] = cpuNanos;
    }

    /** In microseconds. */
    String text() {
      return "ticks=%d applied=%d catchUp.ticks=%d catchUp.actions=%d catchUp.cpu=%.1f %s %s %s %s"
          .formatted(
              ticks,
              applied,
              catchUp[0],
              catchUp[1],
              catchUp[2] / 1e3,
              quantiles("clock", clock, ticks),
              quantiles("cpu", cpu, ticks),
              quantiles("steadyCpu", steady, steadyTicks),
              quantiles("control", control, ticks));
    }

    private static String quantiles(String name, long[] nanos, int count) {
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return "%s.p50=%.1f %s.p99=%.1f %s.p99.9=%.1f %s.max=%.1f"
          .formatted(
              name,
              at(sorted, 0.5),
              name,
              at(sorted, 0.99),
              name,
              at(sorted, 0.999),
              name,
              at(sorted, 1));
    }

    private static double at(long[] sorted, double share) {
      int index = (int) Math.ceil(share * sorted.length) - 1;
      return sorted.length == 0 ? 0 : sorted[Math.max(0, index)] / 1e3;
    }
  }

  private final AiBridge bridge;
  private final GameEvent[] events = new GameEvent[PLAYERS];
  private final BitSet applied = new BitSet();
  private final Figures[] figures = {new Figures(), new Figures(), new Figures()};
  private long appliedInTick;
  private long handlerNanos;
  private long sums = 42;
  private volatile int twice;
  private volatile int phase;
  private volatile boolean over;

  private ActionsSoakChild(Path conf) {
    for (int i = 0; i < PLAYERS; i++) {
      events[i] = GameEvent.monsterKill(i + 1, "prontera", 1002);
    }
    bridge = AiBridge.start(conf);
    bridge.onAction(Broadcast.class, this::handle);
    bridge.onAction(SpawnMonster.class, this::handle);
    bridge.onAction(GiveReward.class, this::handle);
    bridge.onAction(SetMapFlag.class, this::handle);
  }

  public static void main(String[] arguments) throws Exception {
    ActionsSoakChild child = new ActionsSoakChild(Path.of(arguments[0]));
    Thread game = new Thread(child::play, "game");
    game.start();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      if (line.equals("figures")) {
        child.over = true;
        game.join();
        System.out.println(child.twice);
        System.out.println(child.figures[1].text());
        System.out.println(child.figures[2].text());
      } else {
        child.phase = Arrays.asList(PHASES).indexOf(line);
        System.out.println(line);
      }
    }
    child.over = true;
    game.join();
    child.bridge.close();
    System.exit(0);
  }

  private ActionReply handle(Action action) {
    long start = System.nanoTime();
    int number = Integer.parseInt(action.header().id().substring("s-".length()));
    if (applied.get(number)) {
      twice++;
    }
    applied.set(number);
    appliedInTick++;
    handlerNanos += Math.min(System.nanoTime() - start, MOST_HANDLER_NANOS);
    return ActionReply.done();
  }

  private void play() {
    int player = 0;
    long due = System.nanoTime();
    while (!over) {
      Figures now = figures[phase];
      appliedInTick = 0;
      handlerNanos = 0;
      add(WORLD_STEPS);
      long cpu = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      for (int i = 0; i < EVENTS_A_TICK; i++) {
        bridge.publish(events[player]);
        player = player + 1 == PLAYERS ? 0 : player + 1;
      }
      bridge.tick();
      long nanos = System.nanoTime() - start;
      long cpuNanos = THREADS.getCurrentThreadCpuTime() - cpu;
      sleepUntil(due + TICK_NANOS / 2);
      add(WORLD_STEPS);
      long controlNanos = control();
      now.add(
          nanos - handlerNanos, Math.max(0, cpuNanos - handlerNanos), controlNanos, appliedInTick);
      due += TICK_NANOS;
      sleepUntil(due);
    }
  }

  private static void sleepUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** The CPU time of sums that are always the same. */
  private long control() {
    long cpu = THREADS.getCurrentThreadCpuTime();
    add(CONTROL_STEPS);
    return THREADS.getCurrentThreadCpuTime() - cpu;
  }

  private void add(int steps) {
    long sum = sums;
    for (int i = 0; i < steps; i++) {
      sum ^= sum << 13;
      sum ^= sum >>> 7;
      sum ^= sum << 17;
    }
    sums = sum;
  }
}
