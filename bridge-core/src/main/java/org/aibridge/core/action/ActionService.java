package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Retries;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/**
 * Fetches the AI service's actions, has the host's threads apply them, and reports the results.
 *
 * <p>{@link #tick} belongs to the game thread, {@link #runOnce} to the actions thread. Two rules
 * make an action apply at most once: its intent is in the ledger before a thread of the host can
 * see the action, and an id that the ledger knows is never handed over again.
 */
public final class ActionService implements Duty {
  private static final Logger log = Logs.of(ActionService.class);
  private static final long FORGET_EVERY_NANOS = 600_000_000_000L;
  private static final long HELD_EVERY_NANOS = 10_000_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;

  /** The longest time that a close waits for running handlers, in nanoseconds. */
  private static final long CLOSE_WAIT_NANOS = 200_000_000L;

  private static final long CLOSE_LOOK_NANOS = 1_000_000;

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Supplier<BridgeConfig.ActionLimits> limits;
  private final ActionLedger ledger;
  private final ResultReporter reporter;
  private final ActionPoller poller;
  private final ActionRates rates;
  private final PendingActions pending;
  private final HeldActions held;
  private final ActionAdmission offers;
  private final ActionAudit audit;
  private final ActionCommands commands;
  private final BridgeClock clock;
  private final Threads threads;
  private final Runnable wake;
  private final LogThrottle throttle;
  private final HandlerRegistry handlers = new HandlerRegistry();
  private final ProgressMarks marks;
  private final ActionInvoker invoker;
  private final ActionRunner runner;
  private final ExecutorRunner executors;
  private final HandOver handOver;
  private final OutcomeWriter outcomes;
  private final ActionStats stats = new ActionStats();
  private final Queue<Runnable> arrived = new ConcurrentLinkedQueue<>();

  private final int inboxSize;

  private long nextForgetNanos;
  private long nextLookNanos;
  private long nextHeldNanos;
  private boolean busy;
  private boolean closed;
  private volatile int pendingCount;
  private volatile boolean closing;

  /** The result of {@link #isReady} in the last slice. */
  private volatile boolean wasReady;

  private volatile String problem = "";
  private volatile String command = "";

  /**
   * Opens the ledger.
   *
   * @param wake wakes the thread that runs this duty; called when an answer has come
   * @throws IOException if the ledger's folder cannot be used, with a sentence that says why
   */
  public ActionService(
      ActionSettings settings,
      ActionSource source,
      Supplier<Retries> retries,
      World world,
      Runnable wake)
      throws IOException {
    this(settings, new ActionRates(new LogThrottle(world.clock())), source, retries, world, wake);
  }

  private ActionService(
      ActionSettings settings,
      ActionRates rates,
      ActionSource source,
      Supplier<Retries> retries,
      World world,
      Runnable wake)
      throws IOException {
    this(settings, open(settings, rates, world), rates, source, retries, world, wake);
  }

  ActionService(
      ActionSettings settings,
      ActionLedger ledger,
      ActionRates rates,
      ActionSource source,
      Supplier<Retries> retries,
      World world,
      Runnable wake) {
    this.config = settings.executor();
    this.limits = settings.limits();
    this.clock = world.clock();
    this.threads = world.threads();
    this.wake = wake;
    this.throttle = new LogThrottle(clock);
    this.ledger = ledger;
    this.reporter = new ResultReporter(ledger, source, retries, clock, throttle, wake);
    this.poller = new ActionPoller(settings, source, retries, clock, throttle, stats, wake);
    this.rates = rates;
    this.audit = new ActionAudit(settings, clock, throttle);
    this.inboxSize = config.get().inboxSize();
    this.marks = ProgressMarks.create(settings.marks(), inboxSize);
    this.pending = new PendingActions(marks);
    ActionDecoder decoder = new ActionDecoder(() -> config.get().strict());
    AdmissionPolicy admission =
        new AdmissionPolicy(decoder, config, limits, rates, ledger::nowMs, clock);
    ActionContext context =
        new ActionContext(ledger, pending, reporter, audit, stats, clock, throttle);
    this.outcomes = new OutcomeWriter(context);
    this.held = new HeldActions(context, admission, limits, outcomes::refuseHeld);
    this.offers = new ActionAdmission(context, decoder, admission, held, () -> room() > 0);
    this.commands =
        new ActionCommands(
            ledger,
            audit,
            decoder,
            entry -> held.approve(entry, whyNotNow()),
            this::settled,
            poller::begin);
    this.invoker = new ActionInvoker(config, limits, handlers, marks, clock, outcomes.queue());
    this.runner = new ActionRunner(config, invoker, clock);
    this.executors = new ExecutorRunner(config, invoker, clock, throttle);
    this.handOver = new HandOver(context, admission, invoker, this::outlet, limits);
    this.nextForgetNanos = clock.nanos() + FORGET_EVERY_NANOS;
    this.nextLookNanos = clock.nanos();
    this.nextHeldNanos = clock.nanos();
    try {
      takeOver();
    } catch (Throwable e) {
      ledger.close(); // Nothing else would close the ledger, and its folder would stay locked.
      throw e;
    }
  }

  /** Continues with the actions that an earlier process left. */
  private void takeOver() {
    stats.inDoubt = ledger.doubts().size();
    stats.damaged = ledger.damaged();
    noteLedger();
    if (ledger.isShort()) {
      log.error("{}", problem);
    }
    if (ledger.inDoubt() > 0) {
      log.warn(
          "{} actions are in doubt: an earlier process ended with them in its hands;"
              + " ai-bridge actions in-doubt lists them",
          ledger.inDoubt());
    }
    outcomes.takeOver(marks);
    ledger.unreported().forEach(reporter::report);
    stats.unreported = reporter.unreported();
    stats.held = held.count();
  }

  private static ActionLedger open(ActionSettings settings, ActionRates rates, World world)
      throws IOException {
    return ActionLedger.open(
        settings.auditFolder(),
        settings.executor().get().ledgerPath(),
        settings.executor().get().memory().plus(ActionLedger.AHEAD),
        settings.reserveBytes(),
        settings.synced(),
        world,
        rates.counting(ProgressMarks.settler(settings.marks()), settings.limits()));
  }

  /**
   * Applies {@code number} actions of all kinds to handlers that do nothing, as {@link #tick}
   * would, so that the JVM has compiled the game thread's code before the first tick. Any thread;
   * changes nothing in this service.
   */
  public void warmUp(int number) {
    new ActionWarmup(config, limits, clock).run(number);
  }

  /** Registers a handler. Any thread; no lock. */
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    handlers.put(type, handler);
  }

  /** Registers the handler of a custom type. Any thread; no lock. */
  public void onCustomAction(String type, ActionHandler<CustomAction> handler) {
    handlers.putCustom(type, handler);
  }

  /** Registers a handler for all actions that have none of their own. Any thread; no lock. */
  public void onOtherActions(ActionHandler<Action> handler) {
    handlers.putForOthers(handler);
  }

  /** Removes a handler, by record class or custom name; false if there is none. Any thread. */
  public boolean removeHandler(Object key) {
    return handlers.remove(key);
  }

  /** Sets the function that returns a player's number by name. Any thread; no lock. */
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    rates.identifyPlayers(numberOf);
  }

  /** Sets the check that decides whether a player is in the game. Any thread; no lock. */
  public void requireOnline(Predicate<? super PlayerRef> isOnline) {
    handlers.requireOnline(isOnline);
  }

  /** Makes the host's executors apply actions from now on. Any thread; no lock. */
  public void applyOn(Function<? super ActionTarget, ? extends Executor> placement) {
    executors.place(placement);
  }

  /** Applies the actions that are due, unless executors apply them. Game thread only. */
  public void tick() {
    runner.tick();
  }

  /** Executes an operator's {@code command} on the actions thread. Any thread; does not wait. */
  public CompletionStage<ObjectNode> command(JsonNode command) {
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    arrive(
        () -> {
          try {
            ObjectNode done = commands.handle(command);
            noteLedger(); // The status then shows at once what the operator has changed.
            answer.complete(done);
          } catch (Throwable e) {
            log.error("an operator's command failed: {}", Reason.of(e), Reason.trace(e));
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** Makes the next poll and all failed reports due at once. Any thread; does not wait. */
  public void retryNow() {
    arrive(
        () -> {
          poller.retryNow();
          reporter.retryNow();
        });
  }

  /** Returns the counters. Any thread. */
  public ActionStats stats() {
    return stats;
  }

  /** Returns the number of actions that wait for their turn or are in flight. Any thread. */
  public int pending() {
    return pendingCount;
  }

  private void noteLedger() {
    problem = ledger.problem();
    command = ledger.command();
  }

  /** Returns the command by which an operator accepts lost records, or empty. Any thread. */
  public String operatorsTurn() {
    return command;
  }

  /** Returns why the ledger can accept no action, as a sentence; empty if it can. Any thread. */
  public String problem() {
    return problem;
  }

  @Override
  public int runOnce() {
    wasReady = isReady();
    int work = takeArrived();
    work += isReady() ? handOver.run() : 0;
    work += outlet().runOnce();
    work += outcomes.write();
    work += reporter.send(poller.maxResults());
    work += mayPoll() ? poller.poll(room(), ledger.place().position()) : 0;
    look();
    audit.flush();
    publishCounts();
    return work;
  }

  /** Returns a short time while actions or results wait, since some of them have time limits. */
  @Override
  public long mayRestNanos() {
    if (busy) {
      return WATCHFUL_NANOS;
    }
    long untilLook = nextLookNanos - clock.nanos();
    return mayPoll() ? Math.min(untilLook, poller.mayRestNanos()) : untilLook;
  }

  /**
   * True if a thread of the host has left an end or made its first tick, or if a slice failed and
   * left an arrival unprocessed. Any thread; does not wait.
   */
  public boolean hasWaiting() {
    return !outcomes.queue().isEmpty()
        || outlet().hasWaiting()
        || isReady() != wasReady
        || !arrived.isEmpty();
  }

  /** Stops fetching actions. Any thread. */
  public void beginClosing() {
    closing = true;
  }

  /** True if every result has been reported. */
  public boolean isDrained() {
    return stats.unreported == 0;
  }

  /**
   * Closes the service: fails the actions that no handler has begun, so that the next start need
   * not doubt them, and gives running handlers 200 ms. Call after the duty's thread has ended.
   */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    closing = true;
    try {
      settleAll();
    } finally {
      marks.close();
      audit.close();
      ledger.close();
    }
  }

  private void settleAll() {
    try {
      takeArrived();
    } catch (Throwable e) {
      log.error(
          "not all that had arrived was taken before the end: {}",
          Reason.sentence(e),
          Reason.trace(e));
    }
    outcomes.writeNow();
    List.copyOf(pending.all()).stream().filter(ActionTask::giveUp).forEach(outcomes::failUnbegun);
    awaitRunning();
    pending.all().stream()
        .map(ActionTask::completion)
        .filter(done -> done != null)
        .forEach(invoker::complete);
    outcomes.writeNow();
    outcomes.writeSettled();
    publishCounts();
  }

  private void awaitRunning() {
    threads.await(
        () -> pending.all().stream().noneMatch(ActionTask::runsElsewhere),
        CLOSE_WAIT_NANOS,
        CLOSE_LOOK_NANOS);
  }

  private void publishCounts() {
    reporter.publish(stats);
    stats.held = held.count();
    pendingCount = pending.size();
    boolean now = pending.size() > 0 || reporter.unreported() > 0;
    if (busy && !now) {
      poller.settled();
    }
    busy = now;
  }

  private int takeArrived() {
    int count = 0;
    for (Runnable next = arrived.poll(); next != null; next = arrived.poll()) {
      next.run();
      count++;
    }
    count += reporter.takeVerdicts();
    return count + poller.takeAnswer(() -> closing ? null : offers.taker());
  }

  /** Returns how many more actions may be accepted. */
  private int room() {
    // While records are missing, all actions wait for an operator, at most MAX_HELD of them.
    boolean full =
        reporter.isFull()
            || ledger.isFull()
            || ledger.isShort() && held.count() >= AdmissionPolicy.MAX_HELD;
    return full ? 0 : inboxSize - pending.size();
  }

  private boolean mayPoll() {
    return !closing && isReady() && config.get().enabled();
  }

  /** True once the host applies actions; by then, it has registered its handlers. */
  private boolean isReady() {
    return outlet().isReady();
  }

  private ActionOutlet outlet() {
    return executors.isReady() ? executors : runner;
  }

  /** Does the actions thread's periodic work. */
  private void look() {
    if (clock.nanos() - nextLookNanos >= 0) {
      nextLookNanos = clock.nanos() + SECOND_NANOS;
      noteLedger();
      stats.damaged = ledger.damaged();
      marks.keep();
      ledger.keepTime();
      outcomes.writeSettled();
      outcomes.endUntold();
      handlers
          .takeReplaced()
          .forEach(kind -> log.warn("the handler of {} was replaced; the later one counts", kind));
      Throwable failure = runner.takeFailure();
      if (failure != null) {
        throttle.run("tick", () -> log.error("a tick could not do all that was due", failure));
      }
    }
    if (clock.nanos() - nextForgetNanos >= 0) {
      nextForgetNanos = clock.nanos() + FORGET_EVERY_NANOS;
      ledger.forgetOld();
      stats.inDoubt = ledger.doubts().size();
    }
    if (held.count() > 0 && isReady() && clock.nanos() - nextHeldNanos >= 0) {
      nextHeldNanos = clock.nanos() + HELD_EVERY_NANOS;
      try {
        held.look(this::whyNotNow);
      } catch (StoreFullException e) {
        throttle.run("full", () -> log.warn("held actions stay held: {}", Reason.sentence(e)));
      }
    }
  }

  private String whyNotNow() {
    if (closing) {
      return "the server is closing; it still waits for approval";
    }
    if (ledger.isFull()) {
      return ledger.problem();
    }
    if (reporter.isFull()) {
      return "too many results wait for the AI service to take them; try again later";
    }
    return room() <= 0 ? "the inbox is full for now; try again later" : "";
  }

  /** Reports how an operator ended an action. */
  private void settled(LedgerEntry entry) {
    stats.refused += entry.result().end() == ActionResult.End.REFUSED ? 1 : 0;
    reporter.report(entry);
    held.recount();
    stats.inDoubt = ledger.doubts().size();
  }

  private void arrive(Runnable onActionsThread) {
    arrived.add(onActionsThread);
    wake.run();
  }
}
