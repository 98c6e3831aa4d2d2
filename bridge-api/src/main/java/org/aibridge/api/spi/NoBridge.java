package org.aibridge.api.spi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
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
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.jspecify.annotations.Nullable;

/**
 * A bridge that is off because there is none on the class path. It refuses events, and fails a
 * script's call in the next tick.
 */
final class NoBridge implements AiBridge, ScriptHttp {
  private final String problem;

  /** The number of refused events by type; the last element counts events that were null. */
  private final AtomicLongArray refused = new AtomicLongArray(EventType.values().length + 1);

  private final AtomicLong asked = new AtomicLong();
  private final Queue<Consumer<ScriptAnswer>> waiting = new ConcurrentLinkedQueue<>();

  /** The last failure of a callback, as a text for the status. */
  private volatile String callbackFailure = "";

  NoBridge(String problem) {
    this.problem = problem;
  }

  @Override
  public boolean publish(@Nullable GameEvent event) {
    refused.getAndIncrement(event == null ? refused.length() - 1 : event.type().ordinal());
    return false;
  }

  @Override
  public void tick() {
    // Answers the calls that wait now. Calls that a callback adds wait for the next tick.
    for (int left = waiting.size(); left > 0; left--) {
      try {
        waiting.remove().accept(ScriptAnswer.failed(0, "the bridge is off"));
      } catch (Throwable e) { // A callback's failure must not end the tick.
        callbackFailure = "; a script's callback failed: " + e;
      }
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
    return this;
  }

  @Override
  public void get(String script, String url, @Nullable Consumer<ScriptAnswer> callback) {
    asked.getAndIncrement();
    waiting.add(callback == null ? answer -> {} : callback);
  }

  @Override
  public void post(
      String script, String url, String json, @Nullable Consumer<ScriptAnswer> callback) {
    get(script, url, callback);
  }

  @Override
  public BridgeStatus status() {
    List<BridgeStatus.Refusal> refusals = new ArrayList<>();
    long sum = 0;
    for (int i = 0; i < refused.length(); i++) {
      long count = refused.get(i);
      String type = i < refused.length() - 1 ? EventType.values()[i].wireName() : "null";
      if (count > 0) {
        refusals.add(new BridgeStatus.Refusal(type, RefusalReason.OFF, count));
      }
      sum += count;
    }
    refusals.sort(Comparator.comparing(BridgeStatus.Refusal::name));
    return new BridgeStatus(
        BridgeState.OFF,
        problem + callbackFailure,
        "",
        BridgeStatus.Http.NONE,
        new BridgeStatus.Events(
            0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, -1, 0, sum, refusals, 0, 0, 0, 0, 0, false),
        BridgeStatus.Durability.NONE,
        BridgeStatus.Actions.NONE,
        new BridgeStatus.Scripts(asked.get(), asked.get(), 0, 0),
        BridgeStatus.Outlook.NONE);
  }

  @Override
  public String statusJson() {
    return "{\"initialized\":false,\"state\":\"off\",\"problem\":\""
        + (problem + callbackFailure).replaceAll("[\\p{Cntrl}\"\\\\]", " ")
        + "\"}";
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
}
