package org.aibridge.examples.mapserver;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.TickMeter.Share;

/**
 * A bridge that measures how long the game thread spends inside another one.
 *
 * <p>The world's own handlers and the scripts' callbacks run inside the bridge's tick; their time
 * is not the bridge's.
 */
public final class TimedBridge implements AiBridge {
  private final AiBridge bridge;
  private final TickMeter meter;
  private final ScriptHttp scripts;

  /** Creates a wrapper that measures {@code bridge}. */
  public TimedBridge(AiBridge bridge, TickMeter meter) {
    this.bridge = bridge;
    this.meter = meter;
    this.scripts = new TimedScripts(bridge.scriptHttp());
  }

  @Override
  public boolean publish(GameEvent event) {
    Share before = meter.enter(Share.BRIDGE);
    boolean accepted = bridge.publish(event);
    meter.enter(before);
    return accepted;
  }

  @Override
  public void tick() {
    Share before = meter.enter(Share.BRIDGE);
    bridge.tick();
    meter.enter(before);
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    bridge.onAction(type, asWorld(handler));
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    bridge.onCustomAction(actionType, asWorld(handler));
  }

  @Override
  public boolean removeHandler(Class<? extends Action> type) {
    return bridge.removeHandler(type);
  }

  @Override
  public boolean removeCustomHandler(String actionType) {
    return bridge.removeCustomHandler(actionType);
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    bridge.identifyPlayers(numberOf);
  }

  @Override
  public void requireOnline(Predicate<? super PlayerRef> isOnline) {
    bridge.requireOnline(isOnline);
  }

  @Override
  public void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement) {
    bridge.applyActionsPerTarget(placement);
  }

  @Override
  public ScriptHttp scriptHttp() {
    return scripts;
  }

  /** Is not measured, since it is for other threads. */
  @Override
  public BridgeStatus status() {
    return bridge.status();
  }

  /** Is not measured, since it is for other threads. */
  @Override
  public String statusJson() {
    return bridge.statusJson();
  }

  @Override
  public String recentStatusJson() {
    Share before = meter.enter(Share.BRIDGE);
    String json = bridge.recentStatusJson();
    meter.enter(before);
    return json;
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    Share before = meter.enter(Share.BRIDGE);
    CompletionStage<ReloadResult> result = bridge.reload();
    meter.enter(before);
    return result;
  }

  @Override
  public void close() {
    bridge.close();
  }

  private <A extends Action> ActionHandler<A> asWorld(ActionHandler<? super A> handler) {
    return action -> {
      Share before = meter.enter(Share.WORLD);
      try {
        return handler.handle(action);
      } finally {
        meter.enter(before);
      }
    };
  }

  private final class TimedScripts implements ScriptHttp {
    private final ScriptHttp http;

    TimedScripts(ScriptHttp http) {
      this.http = http;
    }

    @Override
    public void get(String script, String url, Consumer<ScriptAnswer> callback) {
      Share before = meter.enter(Share.BRIDGE);
      http.get(script, url, asScripts(callback));
      meter.enter(before);
    }

    @Override
    public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
      Share before = meter.enter(Share.BRIDGE);
      http.post(script, url, json, asScripts(callback));
      meter.enter(before);
    }

    private Consumer<ScriptAnswer> asScripts(Consumer<ScriptAnswer> callback) {
      return answer -> {
        Share before = meter.enter(Share.SCRIPTS);
        try {
          callback.accept(answer);
        } finally {
          meter.enter(before);
        }
      };
    }
  }
}
