package org.aibridge.core;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.Position;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.spi.EventIntake;
import org.aibridge.api.spi.HandlerKeys;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.status.StatusJson;

/**
 * A bridge that does nothing: no thread, no file, no connection. A script's call gets an empty
 * answer in the next tick. {@link StartingBridge} stands before one that is not off but starting.
 */
final class OffBridge implements AiBridge {
  private final BridgeState state;
  private final String problem;
  private final LongSupplier accepted;
  private final Refusals refusals;
  private final Queue<Consumer<ScriptAnswer>> callbacks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder scriptCalls = new LongAdder();
  private final ScriptHttp scripts = new OffScripts();
  private final EventPublisher events = new EventPublisher(new OffIntake());

  /**
   * The last failure of a script's callback, as a part of the status's problem; no thread here may
   * write a log.
   */
  private volatile String callbackFailure = "";

  OffBridge(String problem) {
    this(BridgeState.OFF, problem, () -> 0, new Refusals());
  }

  /**
   * @param accepted the number of events that were accepted elsewhere and wait
   */
  OffBridge(BridgeState state, String problem, LongSupplier accepted, Refusals refusals) {
    this.state = state;
    this.problem = problem;
    this.accepted = accepted;
    this.refusals = refusals;
  }

  String problem() {
    return problem;
  }

  @Override
  public boolean publish(GameEvent event) {
    return refusals.refuse(event == null ? null : event.type(), RefusalReason.OFF);
  }

  @Override
  public EventPublisher events() {
    return events;
  }

  @Override
  public void tick() {
    // Answers the calls that wait now. Calls that a callback adds wait for the next tick.
    for (int left = waiting.get(); left > 0; left--) {
      waiting.getAndDecrement();
      answer(callbacks.poll());
    }
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    HandlerKeys.checkRecord(type); // The handler is not kept, since no action comes.
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    HandlerKeys.checkCustomName(actionType); // The handler is not kept, since no action comes.
  }

  @Override
  public boolean removeHandler(Class<? extends Action> type) {
    return false;
  }

  @Override
  public boolean removeCustomHandler(String actionType) {
    return false;
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    // Nothing to keep, since no action comes.
  }

  @Override
  public void requireOnline(Predicate<? super PlayerRef> isOnline) {
    // Nothing to keep, since no action comes.
  }

  @Override
  public void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement) {
    // Nothing to keep, since no action comes.
  }

  @Override
  public ScriptHttp scriptHttp() {
    return scripts;
  }

  @Override
  public BridgeStatus status() {
    long waiting = accepted.getAsLong();
    return new BridgeStatus(
        state,
        problem + callbackFailure,
        "",
        BridgeStatus.Http.NONE,
        new BridgeStatus.Events(
            waiting,
            0,
            0,
            0,
            0,
            0,
            Map.of(),
            waiting,
            waiting,
            0,
            -1,
            0,
            refusals.total(),
            refusals.list(),
            0,
            0,
            0,
            0,
            0,
            false),
        BridgeStatus.Durability.NONE,
        BridgeStatus.Actions.NONE,
        new BridgeStatus.Scripts(scriptCalls.sum(), scriptCalls.sum(), 0, 0),
        BridgeStatus.Outlook.NONE);
  }

  @Override
  public String statusJson() {
    try {
      return state == BridgeState.OFF ? StatusJson.of(status()) : shortJson();
    } catch (LinkageError e) { // The missing jar is the one that renders JSON.
      return shortJson();
    }
  }

  /** Returns the status without the JSON library, which may be missing or not loaded yet. */
  private String shortJson() {
    return "{\"initialized\":false,\"state\":\""
        + word()
        + "\",\"problem\":\""
        + (problem + callbackFailure).replaceAll("[\\p{Cntrl}\"\\\\]", " ")
        + "\"}";
  }

  private String word() {
    return state == BridgeState.OFF ? "off" : "starting";
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    return CompletableFuture.completedFuture(
        new ReloadResult(
            ReloadResult.Outcome.OFF,
            List.of("the bridge is off (" + problem + "); it starts with the server")));
  }

  @Override
  public void close() {
    // Nothing to close.
  }

  private void answer(Consumer<ScriptAnswer> callback) {
    try {
      callback.accept(ScriptAnswer.failed(0, "the bridge is " + word()));
    } catch (Throwable e) {
      // A callback's failure must not end the tick.
      callbackFailure = "; a script's callback failed: " + e;
    }
  }

  private final class OffScripts implements ScriptHttp {
    @Override
    public void get(String script, String url, Consumer<ScriptAnswer> callback) {
      scriptCalls.increment();
      callbacks.add(callback == null ? answer -> {} : callback);
      waiting.getAndIncrement();
    }

    @Override
    public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
      get(script, url, callback);
    }
  }

  private final class OffIntake implements EventIntake {
    @Override
    public long now() {
      return 0;
    }

    @Override
    public boolean take(
        EventType type,
        Priority priority,
        long playerId,
        String playerKey,
        String map,
        Position position,
        long timestampMs,
        long number1,
        long number2,
        String text1,
        String text2) {
      return refusals.refuse(type, RefusalReason.OFF);
    }
  }
}
