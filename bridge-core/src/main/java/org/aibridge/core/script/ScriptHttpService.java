package org.aibridge.core.script;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ScriptPlaces;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Carries the HTTP calls of NPC scripts from the game thread to the service and back.
 *
 * <p>{@link #get} and {@link #post} only put the call into a queue; everything that may wait, the
 * checks included, runs on the thread of {@link #runOnce}; the answer reaches {@link #tick} through
 * a second queue. A call is answered exactly once, in a tick that begins after it was made.
 */
public final class ScriptHttpService implements ScriptHttp, Duty {
  private static final Logger log = Logs.of(ScriptHttpService.class);

  /**
   * The most calls that may wait to be sent; further calls are refused at once, so that a script in
   * a loop cannot fill the heap.
   */
  static final int MAX_WAITING = 1000;

  /**
   * One script may use at most 1/{@value} of the room, under way and waiting, so that a script that
   * asks slow hosts, or asks in a loop, leaves room for others.
   */
  private static final int SHARE = 4;

  private static final String ACCEPTED = "{\"status\":\"accepted\"}";
  private static final String CLOSED = "the bridge is closed";

  /** One call of a script. Calls with the same content are not equal. */
  private static final class Call {
    private final String script;
    private final String url;

    /** The body of a POST; null for a GET. */
    private final String json;

    private final Consumer<ScriptAnswer> callback;
    private final long madeNanos;

    /** The answer; null until it comes. Written once, by any thread, without allocating memory. */
    private volatile Answer answer;

    /** Tells whether the posted event is accepted; null for a call that posts no event. */
    private CompletableFuture<Boolean> taken;

    private boolean cacheable;

    /**
     * True once the script's answer is queued; written by the thread that handles the call just
     * then.
     */
    private boolean ended;

    Call(String script, String url, String json, Consumer<ScriptAnswer> callback, long madeNanos) {
      this.script = script;
      this.url = url;
      this.json = json;
      this.callback = callback;
      this.madeNanos = madeNanos;
    }

    private boolean isAnswered() {
      return answer != null || taken != null && taken.isDone();
    }

    /** Returns method, URL and body as the cache key: calls with the same key share an answer. */
    private String question() {
      return json == null ? "GET " + url : "POST " + url + "\n" + json;
    }

    private byte[] body() {
      return json == null ? null : json.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** An answer for a script; {@code tick} is the number of ticks begun when the answer came. */
  private record Done(Call call, ScriptAnswer answer, long tick) {}

  private final Supplier<BridgeConfig> config;
  private final Transport transport;
  private final ScriptPlaces places;
  private final Function<GameEvent, CompletionStage<Boolean>> publish;
  private final BridgeClock clock;
  private final Runnable wake;
  private final LogLines lines;
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Queue<Done> done = new ConcurrentLinkedQueue<>();
  private final Quotas quotas;
  private final AnswerCache cache;
  private final ScriptStats stats = new ScriptStats();

  /** The calls that wait to be sent, oldest first. Duty's thread only. */
  private final Deque<Call> inLine = new ArrayDeque<>();

  private final PerScript inLineOf = new PerScript();

  /** The calls that were sent and have no answer yet. Duty's thread only. */
  private final Set<Call> underWay = new LinkedHashSet<>();

  private final PerScript underWayOf = new PerScript();

  /** The number of ticks begun; only the game thread writes it. */
  private volatile long ticks;

  /** True while a tick runs. Game thread only. */
  private boolean inTick;

  private volatile boolean closed;

  /**
   * @param publish publishes an event; completes with false if it is refused
   * @param wake ends the rest of the thread that runs this duty; called when an answer has come
   */
  public ScriptHttpService(
      Supplier<BridgeConfig> config,
      Transport transport,
      ScriptPlaces places,
      Function<GameEvent, CompletionStage<Boolean>> publish,
      BridgeClock clock,
      Runnable wake) {
    this.config = config;
    this.transport = transport;
    this.places = places;
    this.publish = publish;
    this.clock = clock;
    this.wake = wake;
    this.lines = new LogLines(log, clock);
    this.quotas = new Quotas(clock);
    this.cache = new AnswerCache(clock);
  }

  @Override
  public void get(String script, String url, Consumer<ScriptAnswer> callback) {
    accept(new Call(script, url, null, callback, clock.nanos()));
  }

  @Override
  public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
    accept(new Call(script, url, json == null ? "" : json, callback, clock.nanos()));
  }

  /**
   * Runs the callbacks of answered calls, on the game thread, and starts no more once the tick's
   * budget is used up. Does nothing when called inside a callback. Never throws.
   */
  public void tick() {
    if (inTick || done.isEmpty()) {
      return;
    }
    inTick = true;
    try {
      long now = ticks + 1;
      ticks = now;
      completeBefore(now);
    } catch (Throwable e) {
      lines.tickFailed(e);
    } finally {
      inTick = false;
    }
  }

  @Override
  public int runOnce() {
    lines.write();
    int work = takeAnswers();
    if (calls.isEmpty() && inLine.isEmpty()) {
      return work;
    }
    lineUp();
    dropOverdue();
    return work + sendNext();
  }

  /**
   * Moves the calls that scripts have made into {@link #inLine}; refuses those beyond a script's
   * share.
   */
  private void lineUp() {
    for (Call call = calls.peek(); call != null; call = calls.peek()) {
      if (inLineOf.of(call.script) < MAX_WAITING / SHARE) {
        inLineOf.add(call.script);
        inLine.add(call);
      } else {
        waiting.getAndDecrement();
        refuse(call, ScriptAnswer.NOT_ASKED, "too many calls of the script are waiting");
      }
      calls.remove(call);
    }
  }

  /** Sends waiting calls while there is room; skips scripts that already use their share. */
  private int sendNext() {
    int most = Math.max(1, config.get().scriptHttp().maxConcurrent());
    int share = Math.max(1, most / SHARE);
    int sent = 0;
    for (Iterator<Call> all = inLine.iterator(); all.hasNext() && underWay.size() < most; ) {
      Call call = all.next();
      if (underWayOf.of(call.script) < share) {
        end(call, () -> send(call));
        all.remove();
        leaveLine(call);
        sent++;
      }
    }
    return sent;
  }

  private void leaveLine(Call call) {
    inLineOf.remove(call.script);
    waiting.getAndDecrement();
  }

  /** The counters. Any thread. */
  public ScriptStats stats() {
    return stats;
  }

  /**
   * Refuses every further call, and ends all calls without an answer; the duty's thread must have
   * ended. The host's next ticks run the callbacks.
   */
  public void close() {
    closed = true;
    takeAnswers();
    List.copyOf(underWay).forEach(call -> fail(call, 0, CLOSED));
    underWay.clear();
    underWayOf.clear();
    for (Call call = inLine.poll(); call != null; call = inLine.poll()) {
      leaveLine(call);
      refuse(call, CLOSED);
    }
    refuseWaiting();
    lines.write();
  }

  private void accept(Call call) {
    stats.requests.increment();
    if (closed) {
      refuse(call, CLOSED);
    } else if (waiting.get() >= MAX_WAITING) {
      refuse(call, "too many calls are waiting");
    } else {
      waiting.getAndIncrement();
      calls.add(call);
      if (closed) {
        refuseWaiting();
      }
    }
  }

  private void refuseWaiting() {
    for (Call call = calls.poll(); call != null; call = calls.poll()) {
      waiting.getAndDecrement();
      refuse(call, CLOSED);
    }
  }

  private void completeBefore(long now) {
    long start = clock.nanos();
    long budget = config.get().actionExecutor().tickBudget().toNanos();
    for (Done next = done.peek(); next != null && next.tick < now; next = done.peek()) {
      done.poll();
      complete(next);
      if (clock.nanos() - start >= budget) {
        return;
      }
    }
  }

  private void complete(Done next) {
    try {
      next.call.callback.accept(next.answer);
    } catch (Throwable e) {
      // A script's mistake must not end the tick; another thread logs it later.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      lines.callbackFailed(next.call.script, e);
    }
  }

  private int takeAnswers() {
    int taken = 0;
    for (Iterator<Call> all = underWay.iterator(); all.hasNext(); ) {
      Call call = all.next();
      if (call.isAnswered()) {
        end(call, () -> finish(call));
        all.remove();
        underWayOf.remove(call.script);
        taken++;
      }
    }
    return taken;
  }

  /** Runs one step of {@code call}; an error in it ends only this call. */
  private void end(Call call, Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      if (!call.ended) {
        fail(call, 0, "it failed: " + Reason.of(e));
      }
    }
  }

  /** Refuses unsent calls that waited longer than the timeout. */
  private void dropOverdue() {
    long timeout = config.get().scriptHttp().timeout().toNanos();
    for (Call call = inLine.peek(); call != null; call = inLine.peek()) {
      if (clock.nanos() - call.madeNanos <= timeout) {
        return;
      }
      inLine.remove();
      leaveLine(call);
      refuse(call, "it waited longer than timeout, others are under way");
    }
  }

  private void send(Call call) {
    BridgeConfig.ScriptHttp limits = config.get().scriptHttp();
    if (!limits.enabled()) {
      refuse(call, "script_http is switched off");
      return;
    }
    GameEvent event = event(call, limits);
    String problem = problemWith(call, event, limits);
    if (!problem.isEmpty()) {
      refuse(call, ScriptAnswer.NOT_ASKED, problem);
      return;
    }
    if (event != null) {
      publish(call, event);
      return;
    }
    boolean cacheable = (call.json == null || limits.cachePosts()) && !limits.cacheTtl().isZero();
    String cached = cacheable ? cache.find(call.question()) : null;
    if (cached != null) {
      stats.cached.increment();
      answer(call, ScriptAnswer.answered(200, cached));
      return;
    }
    call.cacheable = cacheable;
    if (isSent(call, limits)) {
      underWay.add(call);
      underWayOf.add(call.script);
    } else {
      String who = call.url.startsWith("/") ? "the AI service" : "that host";
      refuse(call, who + " cannot be asked now");
    }
  }

  /**
   * Returns the event that a script posts to where the bridge posts events, as older scripts do;
   * null if the call is none of these.
   */
  private GameEvent event(Call call, BridgeConfig.ScriptHttp limits) {
    boolean fits =
        call.json != null
            && call.url != null
            && call.url.length() <= limits.maxUrlLength()
            && call.json.length() <= limits.maxBodyBytes();
    return fits ? places.event(call.url, call.json) : null;
  }

  private void publish(Call call, GameEvent event) {
    call.taken = publish.apply(event).toCompletableFuture();
    if (call.isAnswered()) {
      finish(call);
    } else {
      underWay.add(call);
      underWayOf.add(call.script);
      call.taken.whenComplete((taken, thrown) -> wake.run());
    }
  }

  private void finish(Call call) {
    if (call.taken == null) {
      onAnswer(call, call.answer);
    } else if (call.taken.join()) {
      answer(call, ScriptAnswer.answered(200, ACCEPTED));
    } else {
      refuse(call, "the event was refused; the status says why");
    }
  }

  private boolean isSent(Call call, BridgeConfig.ScriptHttp limits) {
    ServiceRequest request =
        new ServiceRequest(
            ServiceRequest.Caller.SCRIPT,
            call.url,
            call.body(),
            null,
            limits.maxResponseBytes() + 1,
            false,
            0);
    try {
      long wait =
          transport.trySend(
              request,
              answer -> {
                call.answer = answer;
                wake.run();
              });
      return wait <= 0;
    } catch (Throwable e) {
      lines.callFailed(call.script, Reason.of(e));
      return false;
    }
  }

  private String problemWith(Call call, GameEvent event, BridgeConfig.ScriptHttp limits) {
    if (call.url == null || call.url.isBlank()) {
      return "the URL is empty";
    }
    if (call.url.length() > limits.maxUrlLength()) {
      return "the URL is longer than " + limits.maxUrlLength() + " characters";
    }
    byte[] body = call.body();
    if (body != null && body.length > limits.maxBodyBytes()) {
      return "the body is larger than " + limits.maxBodyBytes() + " bytes";
    }
    String problem = event != null ? "" : places.problem(call.url);
    return problem.isEmpty() ? quotas.take(call.script, limits) : problem;
  }

  private void onAnswer(Call call, Answer answer) {
    if (answer.kind() != Answer.Kind.OK) {
      fail(call, answer.status(), answer.problem());
      return;
    }
    BridgeConfig.ScriptHttp limits = config.get().scriptHttp();
    String text = AnswerText.of(answer.body(), limits.maxResponseBytes());
    if (call.cacheable) {
      cache.store(call.question(), text, limits);
    }
    answer(call, ScriptAnswer.answered(answer.status(), text));
  }

  private void fail(Call call, int status, String problem) {
    stats.failed.increment();
    answer(call, ScriptAnswer.failed(status, problem));
    lines.callFailed(call.script, problem);
  }

  private void refuse(Call call, String problem) {
    refuse(call, 0, problem);
  }

  private void refuse(Call call, int status, String problem) {
    stats.refused.increment();
    answer(call, ScriptAnswer.failed(status, problem));
    lines.callRefused(call.script, problem);
  }

  private void answer(Call call, ScriptAnswer answer) {
    if (!call.ended) {
      done.add(new Done(call, answer, ticks));
      call.ended = true;
    }
  }
}
