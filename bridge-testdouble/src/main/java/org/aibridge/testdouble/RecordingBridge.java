package org.aibridge.testdouble;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.JsonText;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.jspecify.annotations.Nullable;

/**
 * A bridge for unit tests: keeps what the map-server publishes, and hands it the decisions, answers
 * and states that a test makes up.
 *
 * <p>It needs no file, no flag of the JVM, no AI service and no thread: all that it calls, it calls
 * on the thread of the test. It refuses and fails what the bridge does, in the same words. What
 * depends on the configuration it does not know: the limits of actions and of scripts, time-outs,
 * the budget of a tick. {@code max_event_bytes} has its default.
 *
 * <p>Any thread may call it.
 */
public final class RecordingBridge implements AiBridge {
  private static final String CLOSED = "the bridge is closed";

  private final List<Throwable> thrown = new CopyOnWriteArrayList<>();
  private final RecordedEvents events = new RecordedEvents();
  private final RecordedActions actions = new RecordedActions(thrown::add);
  private final RecordedScripts scripts = new RecordedScripts(this::whyNoScripts, thrown::add);
  private final EventPublisher publisher = EventPublisher.into(this::publish);
  private final List<CompletableFuture<ReloadResult>> reloads = new ArrayList<>();
  private BridgeState state = BridgeState.RUNNING;
  private String problem = "";
  private int headers;
  private int asked;

  /** Returns the accepted events, in order. */
  public List<GameEvent> published() {
    return events.published();
  }

  /**
   * Refuses, from now on, the events that {@code which} chooses from those that keep to the
   * contract. Replaces an earlier choice.
   *
   * @param reason what the refusals are counted as
   */
  public void refuseEvents(RefusalReason reason, Predicate<? super GameEvent> which) {
    events.refuse(reason, which);
  }

  /** Returns the header for an action that is received now, with a new id. */
  public synchronized ActionHeader header(String type) {
    headers++;
    return new ActionHeader("act-" + headers, type, 0, System.currentTimeMillis());
  }

  /**
   * Delivers an action of the AI service, as a tick of the bridge does: calls the handler before it
   * returns, or gives the action to its executor. Inside a handler it only puts the action behind
   * the one under way.
   *
   * <p>An id is applied at most once: delivered again, an equal action has the same end, and
   * another one is refused. What breaks the contract is refused before a handler sees it, such as
   * an amount of 500; but the double takes names with characters that nobody sees.
   *
   * @throws IllegalArgumentException if no bridge delivers it: the header has another type than the
   *     action or an id that is none, or the payload of a custom action is no JSON object
   * @throws IllegalStateException if the bridge is off or starting, since no action comes then
   */
  public Delivery deliver(Action action) {
    synchronized (this) {
      if (state == BridgeState.OFF || state == BridgeState.STARTING) {
        throw new IllegalStateException("a bridge that is off or starting gets no action");
      }
    }
    return actions.deliver(action);
  }

  /** Returns the calls of scripts, in order. */
  public List<ScriptCall> scriptCalls() {
    return scripts.calls();
  }

  /**
   * Answers, in each tick from now on, the calls that were made before it and have no answer.
   *
   * @param answers returns the answer; {@code null} leaves a call without one
   */
  public void answerScripts(Function<? super ScriptCall, @Nullable ScriptAnswer> answers) {
    scripts.answerAll(answers);
  }

  /**
   * Answers one call; the next tick hands over the answer.
   *
   * @param call the call's place in {@link #scriptCalls}
   * @throws IllegalStateException if the call has an answer
   */
  public void answerScript(int call, ScriptAnswer answer) {
    scripts.answer(call, Objects.requireNonNull(answer, "answer"));
  }

  /** Answers one call with 200 and {@code body}; see {@link #answerScript(int, ScriptAnswer)}. */
  public void answerScript(int call, String body) {
    answerScript(call, ScriptAnswer.answered(200, body));
  }

  /**
   * Sets the state that the status tells. Of a bridge that is {@linkplain BridgeState#OFF off}
   * events, scripts and reloads are refused; in an {@linkplain BridgeState#OUTAGE outage}, while it
   * is {@linkplain BridgeState#HELD held} and while it is {@linkplain BridgeState#STARTING
   * starting} accepted events wait, and a bridge that is starting refuses scripts.
   *
   * @param problem what is wrong, in a sentence; empty when nothing is
   * @throws IllegalArgumentException if the state is {@link BridgeState#CLOSED}
   */
  public synchronized void state(BridgeState state, String problem) {
    if (state == BridgeState.CLOSED) {
      throw new IllegalArgumentException("close() closes the bridge");
    }
    this.problem = Objects.requireNonNull(problem, "problem");
    if (this.state != BridgeState.CLOSED) {
      this.state = Objects.requireNonNull(state, "state");
    }
    if (isReachable()) {
      events.deliverAll();
    }
  }

  /** Returns how often a reload was requested. */
  public synchronized int reloads() {
    return asked;
  }

  /**
   * Completes all reloads that were asked for and have no result.
   *
   * @throws IllegalStateException if there is none
   */
  public void finishReload(ReloadResult result) {
    Objects.requireNonNull(result, "result");
    List<CompletableFuture<ReloadResult>> open = takeReloads();
    if (open.isEmpty()) {
      throw new IllegalStateException("no reload was asked for");
    }
    open.forEach(one -> one.complete(result));
  }

  /**
   * Returns what handlers, their stages, executors, checks and callbacks have thrown, which the
   * bridge would write into its log; in the order in which they did.
   */
  public List<Throwable> thrown() {
    return List.copyOf(thrown);
  }

  @Override
  public boolean publish(@Nullable GameEvent event) {
    RefusalReason shut;
    boolean reachable;
    synchronized (this) {
      reachable = isReachable();
      shut =
          switch (state) {
            case CLOSED -> RefusalReason.CLOSED;
            case OFF -> RefusalReason.OFF;
            default -> null;
          };
    }
    return events.publish(event, shut, reachable);
  }

  @Override
  public EventPublisher events() {
    return publisher;
  }

  @Override
  public void tick() {
    actions.run();
    scripts.tick();
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    actions.put(type, handler);
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    actions.putCustom(actionType, handler);
  }

  @Override
  public boolean removeHandler(Class<? extends Action> type) {
    return actions.remove(type);
  }

  @Override
  public boolean removeCustomHandler(String actionType) {
    return actions.remove(actionType);
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    Objects.requireNonNull(numberOf, "numberOf"); // Only limits need it; there are none here.
  }

  @Override
  public void requireOnline(Predicate<? super PlayerRef> isOnline) {
    actions.requireOnline(isOnline);
  }

  /**
   * See {@link AiBridge#applyActionsPerTarget}. An action that its executor refuses for now is
   * given to it again in the next {@link #tick} or {@link #deliver}.
   */
  @Override
  public void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement) {
    actions.place(placement);
  }

  @Override
  public ScriptHttp scriptHttp() {
    return scripts;
  }

  @Override
  public BridgeStatus status() {
    BridgeState nowState;
    String nowProblem;
    synchronized (this) {
      nowState = state;
      nowProblem = problem;
    }
    return new BridgeStatus(
        nowState,
        nowProblem,
        "test",
        BridgeStatus.Http.NONE,
        events.counts(),
        BridgeStatus.Durability.NONE,
        actions.counts(),
        scripts.counts(),
        BridgeStatus.Outlook.NONE);
  }

  /** Returns a part of the bridge's JSON: its state, its name and its health. */
  @Override
  public String statusJson() {
    BridgeStatus status = status();
    String json =
        new JsonText()
            .put("initialized", status.initialized())
            .put("state", status.state().wireName())
            .put("problem", status.problem())
            .put("server_id", status.serverId())
            .toString();
    boolean healthy = status.initialized() && status.problem().isEmpty();
    return json.substring(0, json.length() - 1) + ",\"http_client\":{\"healthy\":" + healthy + "}}";
  }

  /** Returns a stage; {@link #finishReload} completes it, on the thread that calls that method. */
  @Override
  public synchronized CompletionStage<ReloadResult> reload() {
    asked++;
    CompletableFuture<ReloadResult> result = new CompletableFuture<>();
    switch (state) {
      case CLOSED -> result.complete(refused(ReloadResult.Outcome.CLOSED, CLOSED));
      case OFF ->
          result.complete(
              refused(
                  ReloadResult.Outcome.OFF,
                  "the bridge is off (" + problem + "); it starts with the server"));
      default -> reloads.add(result);
    }
    return result;
  }

  /** Closes the bridge immediately; answers open calls and reloads as a real bridge would. */
  @Override
  public void close() {
    synchronized (this) {
      state = BridgeState.CLOSED;
    }
    actions.close();
    scripts.close();
    takeReloads().forEach(one -> one.complete(refused(ReloadResult.Outcome.CLOSED, CLOSED)));
  }

  private synchronized List<CompletableFuture<ReloadResult>> takeReloads() {
    List<CompletableFuture<ReloadResult>> open = List.copyOf(reloads);
    reloads.clear();
    return open;
  }

  private static ReloadResult refused(ReloadResult.Outcome outcome, String why) {
    return new ReloadResult(outcome, List.of(why));
  }

  private boolean isReachable() {
    return state == BridgeState.RUNNING || state == BridgeState.DEGRADED;
  }

  private synchronized String whyNoScripts() {
    return switch (state) {
      case CLOSED -> CLOSED;
      case OFF -> "the bridge is off";
      case STARTING -> "the bridge is starting";
      default -> "";
    };
  }
}
