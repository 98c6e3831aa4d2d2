package org.aibridge.testlib;

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
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;

/**
 * A bridge that delivers at once, keeps what it is given, and hands over what a test decides.
 * Scripts are answered in a tick, by the test or by what it has set with {@link #answering}.
 */
public final class FakeBridge implements AiBridge, ScriptHttp {
  public static final String STATUS = "{\"initialized\":true,\"http_client\":{\"healthy\":true}}";

  private final List<GameEvent> events = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final List<CompletableFuture<ReloadResult>> reloads = new ArrayList<>();
  private final Map<Class<?>, ActionHandler<? super Action>> handlers = new HashMap<>();
  private final Queue<Runnable> answered = new ConcurrentLinkedQueue<>();
  private final Predicate<GameEvent> accepts;
  private Function<Call, ScriptAnswer> answers;
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

  /**
   * What a script has asked.
   *
   * @param json {@code null} for a GET
   */
  public record Call(String script, String url, String json, Consumer<ScriptAnswer> callback) {}

  /** From now on the sums are wrong by this many events. */
  public FakeBridge losing(long events) {
    lost = events;
    return this;
  }

  /** From now on each script is answered with the next tick. */
  public FakeBridge answering(Function<Call, ScriptAnswer> with) {
    answers = with;
    return this;
  }

  /** What was taken, in order. */
  public List<GameEvent> published() {
    return events;
  }

  /** What scripts have asked, in order. */
  public List<Call> calls() {
    return calls;
  }

  /** The reloads so far; the test completes them. */
  public List<CompletableFuture<ReloadResult>> reloads() {
    return reloads;
  }

  /** Answers on a thread that is not the game's, as the core does. */
  public void answer(int call, ScriptAnswer answer) {
    onAnotherThread(() -> answered.add(() -> calls.get(call).callback().accept(answer)));
  }

  public void answer(int call, String body) {
    answer(call, ScriptAnswer.answered(200, body));
  }

  /** Completes a reload on a thread that is not the game's. */
  public void finishReload(int reload, ReloadResult result) {
    onAnotherThread(() -> reloads.get(reload).complete(result));
  }

  /** Runs {@code work} to its end on a thread that is not the caller's. */
  public static void onAnotherThread(Runnable work) {
    Thread thread = new Thread(work, "bridge");
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A header of the next id. */
  public ActionHeader header(String type) {
    return new ActionHeader("act-" + nextId++, type, 1, 0);
  }

  /** Calls the handler of an action. */
  public ActionReply apply(Action action) throws Exception {
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
    for (Runnable next; (next = answered.poll()) != null; ) {
      next.run();
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
  public boolean removeHandler(Class<? extends Action> type) {
    return handlers.remove(type) != null;
  }

  @Override
  public boolean removeCustomHandler(String actionType) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void requireOnline(Predicate<? super PlayerRef> isOnline) {
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

  @Override
  public void get(String script, String url, Consumer<ScriptAnswer> callback) {
    post(script, url, null, callback);
  }

  @Override
  public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
    Call call = new Call(script, url, json, callback);
    calls.add(call);
    if (answers != null) {
      answered.add(() -> callback.accept(answers.apply(call)));
    }
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
        BridgeStatus.Http.NONE,
        new BridgeStatus.Events(
            accepted, 0, delivered, 0, 0, 0, 0, 0, 0, 0, refused, List.of(), 0, 0, 0, 0, false),
        BridgeStatus.Durability.NONE,
        BridgeStatus.Actions.NONE,
        BridgeStatus.Scripts.NONE,
        BridgeStatus.Outlook.NONE);
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
  public void close() {
    closed = true;
  }
}
