package org.aibridge.examples.mapserver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;

/** A bridge that delivers at once, keeps what it is given, and hands over what a test decides. */
public final class FakeBridge implements AiBridge {
  private final List<GameEvent> events = new ArrayList<>();
  private final Map<Class<?>, ActionHandler<? super Action>> handlers = new HashMap<>();
  private final Queue<Runnable> scripts = new ConcurrentLinkedQueue<>();
  private final Predicate<GameEvent> accepts;
  private volatile long accepted;
  private volatile long refused;
  private volatile boolean closed;
  private long lost;
  private int nextId = 1;

  /** Takes everything. */
  public FakeBridge() {
    this(event -> true);
  }

  /** Takes some events. */
  public FakeBridge(Predicate<GameEvent> accepts) {
    this.accepts = accepts;
  }

  /** From now on the sums are wrong by this many events. */
  public FakeBridge losing(long events) {
    lost = events;
    return this;
  }

  List<GameEvent> events() {
    return events;
  }

  /** A header of the next id. */
  ActionHeader header(String type) {
    return new ActionHeader("act-" + nextId++, type, 1, 0);
  }

  /** Calls the handler of an action. */
  ActionReply apply(Action action) throws Exception {
    return handlers.get(action.getClass()).handle(action);
  }

  @Override
  public boolean publish(GameEvent event) {
    if (!accepts.test(event)) {
      refused++;
      return false;
    }
    events.add(event);
    accepted++;
    return true;
  }

  @Override
  public void tick() {
    for (Runnable script; (script = scripts.poll()) != null; ) {
      script.run();
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    handlers.put(type, (ActionHandler<? super Action>) handler);
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    throw new UnsupportedOperationException();
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
    return new ScriptHttp() {
      @Override
      public void get(String script, String url, Consumer<ScriptAnswer> callback) {
        scripts.add(() -> callback.accept(ScriptAnswer.answered(200, script + " " + url)));
      }

      @Override
      public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
        scripts.add(() -> callback.accept(ScriptAnswer.failed(503, "busy")));
      }
    };
  }

  @Override
  public BridgeStatus status() {
    long count = accepted;
    return status(closed ? BridgeState.CLOSED : BridgeState.RUNNING, count, count - lost, refused);
  }

  /** A picture in which nothing waits. */
  public static BridgeStatus status(
      BridgeState state, long accepted, long delivered, long refused) {
    return new BridgeStatus(
        state,
        "",
        "demo",
        new BridgeStatus.Http(0, 0, 0, 0, 0, 0, "closed", 0),
        new BridgeStatus.Events(
            accepted, 0, delivered, 0, 0, 0, 0, 0, 0, 0, refused, Map.of(), 0, 0, 0, 0, false),
        BridgeStatus.Durability.NONE,
        new BridgeStatus.Actions(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        new BridgeStatus.Scripts(0, 0, 0, 0));
  }

  @Override
  public String statusJson() {
    return "{}";
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    return CompletableFuture.completedFuture(new ReloadResult(true, List.of()));
  }

  @Override
  public void close() {
    closed = true;
  }
}
