package org.aibridge.examples.mapserver;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeStatus;

/**
 * A bridge that measures how long the game thread spends inside another one.
 *
 * <p>The world's own handlers and script callbacks run inside the bridge's tick; their time is the
 * world's and is taken out again. The clock itself costs some tens of nanoseconds a call and is
 * counted as the bridge's.
 */
public final class TimedBridge implements AiBridge {
  private final AiBridge bridge;
  private final ScriptHttp scripts;

  /** Game thread only. */
  private long nanos;

  /** Measures {@code bridge}. */
  public TimedBridge(AiBridge bridge) {
    this.bridge = bridge;
    this.scripts = new TimedScripts(bridge.scriptHttp());
  }

  /** The time spent inside the bridge since the last call, in nanoseconds. Game thread only. */
  public long takeNanos() {
    long taken = nanos;
    nanos = 0;
    return taken;
  }

  @Override
  public boolean publish(GameEvent event) {
    long start = System.nanoTime();
    boolean accepted = bridge.publish(event);
    nanos += System.nanoTime() - start;
    return accepted;
  }

  @Override
  public void tick() {
    long start = System.nanoTime();
    bridge.tick();
    nanos += System.nanoTime() - start;
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
  public CompletionStage<ReloadResult> reload() {
    return bridge.reload();
  }

  @Override
  public void close() {
    bridge.close();
  }

  /** A publish inside the handler counts itself, so it is taken out here and put in there. */
  private <A extends Action> ActionHandler<A> asWorld(ActionHandler<? super A> handler) {
    return action -> {
      long start = System.nanoTime();
      try {
        return handler.handle(action);
      } finally {
        nanos -= System.nanoTime() - start;
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
      long start = System.nanoTime();
      http.get(script, url, asWorld(callback));
      nanos += System.nanoTime() - start;
    }

    @Override
    public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
      long start = System.nanoTime();
      http.post(script, url, json, asWorld(callback));
      nanos += System.nanoTime() - start;
    }

    private Consumer<ScriptAnswer> asWorld(Consumer<ScriptAnswer> callback) {
      return answer -> {
        long start = System.nanoTime();
        callback.accept(answer);
        nanos -= System.nanoTime() - start;
      };
    }
  }
}
