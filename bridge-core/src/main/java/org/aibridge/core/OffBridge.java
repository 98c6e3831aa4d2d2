package org.aibridge.core;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.status.StatusJson;

/**
 * A bridge that does nothing: no thread, no file, no connection. Scripts get their empty answer in
 * the next tick.
 */
final class OffBridge implements AiBridge {
  private final String problem;
  private final Refusals refusals = new Refusals();
  private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private final ScriptHttp scripts = new OffScripts();

  OffBridge(String problem) {
    this.problem = problem;
  }

  @Override
  public boolean publish(GameEvent event) {
    return refusals.refuse(event, RefusalReason.OFF);
  }

  @Override
  public void tick() {
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
    }
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    // No action will come.
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    // No action will come.
  }

  @Override
  public ScriptHttp scriptHttp() {
    return scripts;
  }

  @Override
  public BridgeStatus status() {
    return new BridgeStatus(
        BridgeState.OFF,
        problem,
        "",
        new BridgeStatus.Http(0, 0, 0, 0, 0, 0, "closed", 0),
        new BridgeStatus.Events(
            0, 0, 0, 0, 0, 0, 0, refusals.total(), refusals.byTypeAndReason(), 0, 0, 0, 0),
        new BridgeStatus.Actions(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        new BridgeStatus.Scripts(0, 0, 0, 0));
  }

  @Override
  public String statusJson() {
    return StatusJson.of(status());
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    return CompletableFuture.completedFuture(
        new ReloadResult(
            false,
            java.util.List.of("the bridge is off (" + problem + "); it starts with the server")));
  }

  @Override
  public void close() {
    // Nothing was opened.
  }

  private final class OffScripts implements ScriptHttp {
    @Override
    public void get(String script, String url, Consumer<ScriptAnswer> callback) {
      answers.add(() -> callback.accept(ScriptAnswer.failed(0, "the bridge is off")));
    }

    @Override
    public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
      get(script, url, callback);
    }
  }
}
