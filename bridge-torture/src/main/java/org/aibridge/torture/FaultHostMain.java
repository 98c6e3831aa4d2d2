package org.aibridge.torture;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.MoveNpc;
import org.aibridge.api.action.RemoveNpc;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.SpawnNpc;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.api.status.BridgeStatus;

/**
 * The map-server that a {@link FaultHost} starts and kills: a loop of 20 ticks a second around a
 * bridge.
 *
 * <p>Reads commands from its standard input, one a line, and answers each with a line that begins
 * with {@code @}. When the input ends, so does the process: it never outlives its test.
 */
public final class FaultHostMain {
  /** The type of the numbered actions, a custom type. */
  public static final String CUSTOM_ACTION = "fault_action";

  static final int ORPHANED = 3;

  /** The fate of actions with a long result; these results soon fill a file of the ledger. */
  static final String LONG_MESSAGE = "tell";

  private static final String MESSAGE = "so it was done ".repeat(60);

  private static final String CLAIM = "claim ";

  private static final long TICK_NANOS = 50_000_000;
  private static final int TICKS_A_SECOND = 20;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<Class<? extends Action>> ACTIONS =
      List.of(
          SpawnMonster.class,
          SpawnNpc.class,
          RemoveNpc.class,
          MoveNpc.class,
          GiveReward.class,
          Broadcast.class,
          CreateQuest.class,
          SetMapFlag.class,
          UpdateEconomy.class);

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final HostPlan plan;
  private final AcceptedLedger ledger;
  private final AppliedLedger applied;
  private final AiBridge bridge;
  private final HostFaults faults = new HostFaults(this::say);
  private final AtomicInteger publishing;
  private final AtomicLong refused = new AtomicLong();
  private final TickTimes times = new TickTimes();
  private volatile boolean going;

  /** True while ticks are stopped. */
  private volatile boolean held;

  /** True if the process must die when the tick returns. Game thread only. */
  private boolean haltAfterTick;

  private volatile boolean ended;

  private FaultHostMain(HostPlan plan) {
    this.plan = plan;
    this.ledger = plan.ledger();
    this.applied = plan.applied();
    this.publishing = new AtomicInteger(plan.events().threads());
    faults.obeyAtStart();
    long start = System.nanoTime();
    this.bridge = AiBridge.start(plan.configuration());
    ACTIONS.forEach(type -> bridge.onAction(type, this::apply));
    bridge.onCustomAction(CUSTOM_ACTION, this::apply);
    HostCallouts.placeActions(bridge);
    BridgeStatus status = bridge.status();
    say(
        "ready",
        (System.nanoTime() - start) / 1_000_000 + " " + status.state() + " " + status.problem());
  }

  /** Runs the plan in the file {@code args[0]} until a command or a kill ends the process. */
  public static void main(String[] args) throws IOException {
    FaultHostMain host = new FaultHostMain(HostPlan.read(Path.of(args[0])));
    Runtime.getRuntime().addShutdownHook(new Thread(host::close, "shutdown"));
    for (int i = 1; i < host.plan.events().threads(); i++) {
      int thread = i;
      daemon(() -> host.run(thread), "publisher-" + thread);
    }
    daemon(host::readCommands, "commands");
    host.run(0);
    // The plan is done; from here on, the thread for commands decides when the process ends.
    LockSupport.park(host);
    while (true) {
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  /** Runs the loop of one thread; the first thread is the game thread. */
  private void run(int thread) {
    int threads = plan.events().threads();
    int next = plan.first() + Math.floorMod(thread - plan.first(), threads);
    long begun = 0;
    long published = 0;
    boolean more = true;
    for (long tick = System.nanoTime(); !ended; tick += TICK_NANOS) {
      if (thread == 0) {
        times.begin();
      }
      if (thread == 0 && !held) {
        tick();
        if (haltAfterTick) {
          Runtime.getRuntime().halt(FaultHost.KILLED);
        }
      }
      if (going && more) {
        long due = ++begun * plan.perSecond() / threads / TICKS_A_SECOND - published;
        for (; due > 0 && next < plan.total() && publish(next); due--, published++) {
          next += threads;
        }
        more = next < plan.total();
        if (!more && publishing.decrementAndGet() == 0) {
          say("published", Long.toString(refused.get()));
        }
      }
      if (thread == 0) {
        times.end();
      }
      LockSupport.parkNanos(tick + TICK_NANOS - System.nanoTime());
    }
  }

  /**
   * Runs a tick. If it throws, which it must not, the exception is reported and the loop goes on.
   */
  private void tick() {
    try {
      HostCallouts.ask(bridge);
      bridge.tick();
    } catch (Throwable e) {
      say("thrown", "by a tick: " + e);
    }
  }

  /** Publishes one event; the next tick publishes a refused event again. */
  private boolean publish(int number) {
    if (bridge.publish(plan.events().event(number))) {
      ledger.accept(number);
      return true;
    }
    refused.getAndIncrement();
    return false;
  }

  /** Counts the action; a custom action's fate can make the handler stall, halt or say more. */
  private ActionReply apply(Action action) {
    Object fate = action instanceof CustomAction custom ? custom.payload().get("fate") : null;
    if ("stall-before".equals(fate)) {
      stall(action);
    }
    HostCallouts.beforeEffect();
    applied.applied(action.header().id());
    if ("stall-after".equals(fate)) {
      stall(action);
    }
    haltAfterTick |= "halt".equals(fate);
    return HostCallouts.reply(LONG_MESSAGE.equals(fate) ? MESSAGE : "");
  }

  /** Never returns, so that the experiment can kill the process inside the handler. */
  private void stall(Action action) {
    say("stalled", action.header().id());
    while (true) {
      LockSupport.park(this);
    }
  }

  private void readCommands() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        obey(line);
      }
    } catch (IOException e) {
      System.err.println("commands cannot be read: " + e);
    }
    Runtime.getRuntime().halt(ORPHANED);
  }

  private void obey(String command) throws IOException {
    if (command.startsWith(CLAIM)) {
      HalfClaim.Stage stage = HalfClaim.Stage.valueOf(command.substring(CLAIM.length()));
      HalfClaim.leave(HostConfig.ringFor(plan.folder()), stage);
      say("claimed", stage.toString());
      return;
    }
    if (faults.obey(command)) {
      return;
    }
    switch (command) {
      case "go" -> going = true;
      case "pause" -> going = false;
      case "hold" -> {
        held = true;
        say("held", "");
      }
      case "status" -> say("status", status());
      case "ticks" -> say("ticks", times.taken());
      case "reload" ->
          bridge
              .reload()
              .thenAccept(
                  result -> say("reloaded", result.reloaded() + " " + json(result.problems())));
      case "threads" -> say("threads", String.join(",", HostFaults.threadNames()));
      case "close" -> daemon(this::close, "closer");
      case "exit" -> daemon(() -> System.exit(0), "exit");
      default -> throw new IOException("no such command: " + command);
    }
  }

  private void close() {
    long start = System.nanoTime();
    bridge.close();
    ended = true;
    say("closed", Long.toString((System.nanoTime() - start) / 1_000_000));
  }

  private String status() {
    BridgeStatus status = bridge.status();
    BridgeStatus.Events events = status.events();
    Runtime runtime = Runtime.getRuntime();
    return json(
        Map.ofEntries(
            Map.entry("state", status.state().name()),
            Map.entry("problem", status.problem()),
            Map.entry("breaker", status.http().breaker().wireName()),
            Map.entry("connections", status.http().connections()),
            Map.entry("retryAfterMs", status.http().retryAfterMs()),
            Map.entry("requests", status.http().requests()),
            Map.entry("accepted", events.accepted()),
            Map.entry("carriedOver", events.carriedOver()),
            Map.entry("delivered", events.delivered()),
            Map.entry("deadLettered", events.deadLettered()),
            Map.entry("expired", events.expired()),
            Map.entry("waiting", events.waiting()),
            Map.entry("inRing", events.inRing()),
            Map.entry("refused", events.refused()),
            Map.entry("refusals", events.refusalsByName()),
            Map.entry("resent", events.resent()),
            Map.entry("paused", events.paused()),
            Map.entry("applied", status.actions().applied()),
            Map.entry("inDoubt", status.actions().inDoubt()),
            Map.entry("polled", status.actions().polled()),
            Map.entry("held", status.actions().held()),
            Map.entry("damaged", events.damaged()),
            Map.entry("scriptsAsked", HostCallouts.asked()),
            Map.entry("scriptsAnswered", HostCallouts.answered()),
            Map.entry("thrown", Tantrums.thrown()),
            Map.entry("unreported", status.actions().unreported()),
            Map.entry("heapUsed", runtime.totalMemory() - runtime.freeMemory()),
            Map.entry("threads", Thread.activeCount())));
  }

  private void say(String word, String rest) {
    out.println("@" + word + " " + rest);
  }

  private static String json(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
