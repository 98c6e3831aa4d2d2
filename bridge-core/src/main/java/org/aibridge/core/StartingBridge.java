package org.aibridge.core;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.spi.HandlerKeys;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.intake.Intake;

/**
 * A bridge whose start goes on while the host has it already, and publishes into its ring. Behind
 * it stands one that answers meanwhile, and then the bridge, or one that is off.
 *
 * <p>No method but {@link #close} waits; none calls code that the start may be loading.
 */
final class StartingBridge implements AiBridge {
  private final Intake intake;
  private final EventPublisher events;
  private final OffBridge meanwhile;
  private final ScriptHttp scripts = new Scripts();
  private final Registrations registrations = new Registrations();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Runnable onClose;

  /** The bridge that answers the host's calls at present. */
  private volatile AiBridge bridge;

  /**
   * @param onClose closes what the start makes, once it is made; called once at most
   */
  StartingBridge(Intake intake, Runnable onClose) {
    this.intake = intake;
    this.onClose = onClose;
    events = new EventPublisher(intake);
    meanwhile = new OffBridge(BridgeState.STARTING, "", intake::accepted, intake.refusals());
    bridge = meanwhile;
    // Loads classes while the bridge starts, so that the game thread need not load them.
    tick();
    status();
    statusJson();
    new Registrations().remove(Registrations.Kind.NO_CUSTOM_HANDLER, "");
  }

  /** Passes the host's registrations to {@code made}, which answers from now on. Call only once. */
  void become(AiBridge made) {
    registrations.handOver(made);
    bridge = made;
  }

  @Override
  public boolean publish(GameEvent event) {
    return intake.publish(event);
  }

  @Override
  public EventPublisher events() {
    if (bridge == meanwhile) {
      intake.time().refresh(); // No thread of the bridge refreshes the time yet.
    }
    return events;
  }

  @Override
  public void tick() {
    meanwhile.tick();
    AiBridge now = bridge;
    if (now == meanwhile) {
      intake.time().refresh();
    } else {
      now.tick();
    }
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    HandlerKeys.checkRecord(type);
    Objects.requireNonNull(handler, "handler");
    registrations.add(Registrations.Kind.HANDLER, type, handler);
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    HandlerKeys.checkCustomName(actionType);
    Objects.requireNonNull(handler, "handler");
    registrations.add(Registrations.Kind.CUSTOM_HANDLER, actionType, handler);
  }

  @Override
  public boolean removeHandler(Class<? extends Action> type) {
    Objects.requireNonNull(type, "type");
    return registrations.remove(Registrations.Kind.NO_HANDLER, type);
  }

  @Override
  public boolean removeCustomHandler(String actionType) {
    Objects.requireNonNull(actionType, "actionType");
    return registrations.remove(Registrations.Kind.NO_CUSTOM_HANDLER, actionType);
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    Objects.requireNonNull(numberOf, "numberOf");
    registrations.add(Registrations.Kind.PLAYERS, null, numberOf);
  }

  @Override
  public void requireOnline(Predicate<? super PlayerRef> isOnline) {
    Objects.requireNonNull(isOnline, "isOnline");
    registrations.add(Registrations.Kind.ONLINE, null, isOnline);
  }

  @Override
  public void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement) {
    Objects.requireNonNull(placement, "placement");
    registrations.add(Registrations.Kind.PLACEMENT, null, placement);
  }

  @Override
  public ScriptHttp scriptHttp() {
    return scripts;
  }

  @Override
  public BridgeStatus status() {
    return bridge.status();
  }

  @Override
  public String statusJson() {
    return bridge.statusJson();
  }

  @Override
  public String recentStatusJson() {
    return bridge.recentStatusJson();
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    CompletableFuture<ReloadResult> result = new CompletableFuture<>();
    registrations.add(Registrations.Kind.RELOAD, null, result);
    return result;
  }

  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      intake.shut(RefusalReason.CLOSED);
      onClose.run();
    }
  }

  private final class Scripts implements ScriptHttp {
    @Override
    public void get(String script, String url, Consumer<ScriptAnswer> callback) {
      bridge.scriptHttp().get(script, url, callback);
    }

    @Override
    public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
      bridge.scriptHttp().post(script, url, json, callback);
    }
  }
}
