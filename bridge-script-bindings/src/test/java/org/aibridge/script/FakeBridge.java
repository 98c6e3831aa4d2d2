package org.aibridge.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeStatus;

/** A bridge that records the scripts' calls, and answers them when the test says so. */
final class FakeBridge implements AiBridge, ScriptHttp {
  static final String STATUS = "{\"initialized\":true,\"http_client\":{\"healthy\":true}}";

  final List<Call> calls = new ArrayList<>();
  final List<CompletableFuture<ReloadResult>> reloads = new ArrayList<>();
  private final Queue<Runnable> answered = new ConcurrentLinkedQueue<>();

  /**
   * @param json {@code null} for a GET
   */
  record Call(String script, String url, String json, Consumer<ScriptAnswer> callback) {}

  /** Answers on a thread that is not the game's, as the core does. */
  void answer(int call, ScriptAnswer answer) {
    onAnotherThread(() -> answered.add(() -> calls.get(call).callback().accept(answer)));
  }

  void answer(int call, String body) {
    answer(call, ScriptAnswer.answered(200, body));
  }

  void finishReload(int reload, ReloadResult result) {
    onAnotherThread(() -> reloads.get(reload).complete(result));
  }

  static void onAnotherThread(Runnable work) {
    Thread thread = new Thread(work, "bridge");
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void get(String script, String url, Consumer<ScriptAnswer> callback) {
    calls.add(new Call(script, url, null, callback));
  }

  @Override
  public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
    calls.add(new Call(script, url, json, callback));
  }

  @Override
  public void tick() {
    for (Runnable next = answered.poll(); next != null; next = answered.poll()) {
      next.run();
    }
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScriptHttp scriptHttp() {
    return this;
  }

  /** What the game thread must not ask for. */
  @Override
  public String statusJson() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String recentStatusJson() {
    return STATUS;
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    CompletableFuture<ReloadResult> result = new CompletableFuture<>();
    reloads.add(result);
    return result;
  }

  @Override
  public boolean publish(GameEvent event) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BridgeStatus status() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
