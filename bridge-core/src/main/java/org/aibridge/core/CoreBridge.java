package org.aibridge.core;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.action.ActionService;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.http.Wire;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.RingSeat;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Build;
import org.aibridge.core.run.ClassPreload;
import org.aibridge.core.run.JdkPreload;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.TickTimes;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.script.ScriptHttpService;
import org.slf4j.Logger;

/** The bridge as its host sees it; {@link Stages} holds the parts. */
final class CoreBridge implements AiBridge {
  private static final Logger log = Logs.of(CoreBridge.class);

  private final Stages stages;
  private final Shutdown shutdown;
  private final Intake intake;
  private final EventPublisher events;
  private final ActionService actions;
  private final ScriptHttpService scripts;
  private final AtomicBoolean closing;
  private final BridgeClock clock;
  private final TickTimes ticks;

  private CoreBridge(Stages stages, AtomicBoolean closing, World world) {
    this.stages = stages;
    this.closing = closing;
    this.shutdown = new Shutdown(stages, world);
    this.intake = stages.journal.intake();
    this.events = new EventPublisher(intake);
    this.actions = stages.actions;
    this.scripts = stages.scripts;
    this.clock = world.clock();
    this.ticks = stages.ticks;
  }

  /**
   * Starts a bridge.
   *
   * @param source from where {@code config} was read, and which a reload reads again
   * @param listeners what the host calls back for
   * @throws IOException if a folder or a TLS file cannot be used, with a sentence that says why
   */
  static CoreBridge start(
      ConfigSource source, Listeners listeners, BridgeConfig config, World world)
      throws IOException {
    return start(source, listeners, config, world, null);
  }

  /** Starts a bridge on {@code seat} from {@link Stages#early}; creates a new seat if null. */
  static CoreBridge start(
      ConfigSource source, Listeners listeners, BridgeConfig config, World world, RingSeat seat)
      throws IOException {
    JdkPreload.load();
    Libraries.require();
    ClassPreload.load();
    CoreBridge bridge = open(source, listeners, config, world, Wire.OF_MACHINE, seat);
    try {
      Warmup.run(bridge, bridge.actions, world);
      bridge.stages.workers().forEach(Worker::start);
      bridge.shutdown.started();
    } catch (Throwable e) {
      bridge.close();
      throw e;
    }
    log.info(
        "the AI bridge {} runs, version {}: {}, journal {}, {} events waiting",
        config.bridge().serverId(),
        Build.words(),
        config.aiService().baseUrl(),
        bridge.stages.journal.journal().folder(),
        bridge.stages.journal.journal().ofAll(Journal::carriedOver));
    return bridge;
  }

  /** Opens a bridge without starting its threads. */
  static CoreBridge open(
      ConfigSource source, Listeners listeners, BridgeConfig config, World world, Wire wire)
      throws IOException {
    return open(source, listeners, config, world, wire, null);
  }

  private static CoreBridge open(
      ConfigSource source,
      Listeners listeners,
      BridgeConfig config,
      World world,
      Wire wire,
      RingSeat seat)
      throws IOException {
    AtomicBoolean closing = new AtomicBoolean();
    return new CoreBridge(
        new Stages(source, listeners, config, closing::get, world, wire, seat), closing, world);
  }

  Stages stages() {
    return stages;
  }

  Shutdown shutdown() {
    return shutdown;
  }

  /** Registers a handler for all actions that have no handler of their own. */
  void onOtherActions(ActionHandler<Action> handler) {
    actions.onOtherActions(handler);
  }

  @Override
  public boolean publish(GameEvent event) {
    return intake.publish(event);
  }

  @Override
  public EventPublisher events() {
    return events;
  }

  @Override
  public void tick() {
    try {
      long begin = clock.nanos();
      intake.time().refresh();
      actions.tick();
      scripts.tick();
      ticks.add(begin, clock.nanos());
    } catch (StackOverflowError e) {
      // The caller's stack is nearly full; a later tick, with more stack, does the work.
      return;
    }
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    actions.onAction(type, handler);
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    actions.onCustomAction(actionType, handler);
  }

  @Override
  public boolean removeHandler(Class<? extends Action> type) {
    return actions.removeHandler(type);
  }

  @Override
  public boolean removeCustomHandler(String actionType) {
    return actions.removeHandler(actionType);
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    actions.identifyPlayers(Objects.requireNonNull(numberOf, "numberOf"));
  }

  @Override
  public void requireOnline(Predicate<? super PlayerRef> isOnline) {
    actions.requireOnline(Objects.requireNonNull(isOnline, "isOnline"));
  }

  @Override
  public void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement) {
    actions.applyOn(Objects.requireNonNull(placement, "placement"));
  }

  @Override
  public ScriptHttp scriptHttp() {
    return scripts;
  }

  @Override
  public BridgeStatus status() {
    return stages.status();
  }

  @Override
  public String statusJson() {
    return stages.wholeStatus.json();
  }

  @Override
  public String recentStatusJson() {
    String recent = closing.get() ? null : stages.recentStatus.json();
    return recent != null ? recent : statusJson();
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    return stages.reloads.ask();
  }

  /** Closes the bridge on the first call; later calls return at once, even during the first. */
  @Override
  public void close() {
    if (beginClosing()) {
      shutdown.run();
    }
  }

  /** Marks the bridge as closing in its status; true only for the first caller. */
  boolean beginClosing() {
    return closing.compareAndSet(false, true);
  }
}
