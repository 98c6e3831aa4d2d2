package org.aibridge.core.script;

import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the HTTP calls of NPC scripts from the game thread to the service and back.
 *
 * <p>{@link #get} and {@link #post} only put the call into a queue; everything that may wait, also
 * the checks, happens on the thread of {@link #runOnce}; the answer goes through a second queue to
 * {@link #tick}. A call is answered exactly once.
 */
public final class ScriptHttpService implements ScriptHttp, Duty {
  private static final Logger log = LoggerFactory.getLogger(ScriptHttpService.class);

  /**
   * Calls that may wait to be sent; more are refused at once, so that a script in a loop cannot
   * fill the heap.
   */
  private static final int MAX_WAITING = 1000;

  private record Call(String script, String url, String json, Consumer<ScriptAnswer> callback) {}

  private record Done(Call call, ScriptAnswer answer) {}

  private final Supplier<BridgeConfig> config;
  private final ServiceClient client;
  private final BridgeClock clock;
  private final Runnable wake;
  private final LogThrottle throttle;
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Queue<Done> done = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> arrived = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> logLines = new ConcurrentLinkedQueue<>();
  private final Quotas quotas;
  private final AnswerCache cache;
  private final ScriptStats stats = new ScriptStats();
  private int underWay;
  private volatile boolean closed;

  /**
   * @param wake ends the pause of the thread that runs this duty; called when an answer has come
   */
  public ScriptHttpService(
      Supplier<BridgeConfig> config, ServiceClient client, BridgeClock clock, Runnable wake) {
    this.config = config;
    this.client = client;
    this.clock = clock;
    this.wake = wake;
    this.throttle = new LogThrottle(clock);
    this.quotas = new Quotas(clock);
    this.cache = new AnswerCache(clock);
  }

  @Override
  public void get(String script, String url, Consumer<ScriptAnswer> callback) {
    accept(new Call(script, url, null, callback));
  }

  @Override
  public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
    accept(new Call(script, url, json == null ? "" : json, callback));
  }

  /** Completes the calls that were answered, on the game thread, for at most the tick's budget. */
  public void tick() {
    Done next = done.poll();
    if (next == null) {
      return;
    }
    long start = clock.nanos();
    long budget = config.get().actionExecutor().tickBudget().toNanos();
    while (next != null) {
      complete(next);
      next = clock.nanos() - start < budget ? done.poll() : null;
    }
  }

  @Override
  public int runOnce() {
    int work = 0;
    for (Runnable line = logLines.poll(); line != null; line = logLines.poll()) {
      line.run();
    }
    for (Runnable answer = arrived.poll(); answer != null; answer = arrived.poll()) {
      answer.run();
      work++;
    }
    while (underWay < maxUnderWay()) {
      Call call = calls.poll();
      if (call == null) {
        break;
      }
      waiting.getAndDecrement();
      send(call);
      work++;
    }
    return work;
  }

  /** Counters; any thread. */
  public ScriptStats stats() {
    return stats;
  }

  /** Refuses every further call; the duty's thread has ended. */
  public void close() {
    closed = true;
    runOnce();
    for (Call call = calls.poll(); call != null; call = calls.poll()) {
      refuse(call, "the bridge is closed");
    }
  }

  private void accept(Call call) {
    stats.requests.increment();
    if (closed) {
      refuse(call, "the bridge is closed");
    } else if (waiting.get() >= MAX_WAITING) {
      refuse(call, "too many calls are waiting");
    } else {
      waiting.getAndIncrement();
      calls.add(call);
    }
  }

  private void complete(Done next) {
    try {
      next.call.callback.accept(next.answer);
    } catch (Throwable e) {
      // A script's fault must not end the tick, and the game thread writes no log.
      logLines.add(() -> log.error("the callback of the script {} failed", next.call.script, e));
    }
  }

  private int maxUnderWay() {
    BridgeConfig now = config.get();
    int others = now.eventDispatcher().lanes() + 2;
    return Math.max(
        1, Math.min(now.scriptHttp().maxConcurrent(), now.httpPool().maxConnections() - others));
  }

  private void send(Call call) {
    BridgeConfig.ScriptHttp limits = config.get().scriptHttp();
    String problem = problemWith(call, limits);
    if (!problem.isEmpty()) {
      refuse(call, problem);
      return;
    }
    boolean cacheable = call.json == null && !limits.cacheTtl().isZero();
    String cached = cacheable ? cache.find(call.url) : null;
    if (cached != null) {
      stats.cached.increment();
      done.add(new Done(call, ScriptAnswer.answered(200, cached)));
      return;
    }
    byte[] body = call.json == null ? null : call.json.getBytes(StandardCharsets.UTF_8);
    ServiceRequest request =
        new ServiceRequest(
            ServiceRequest.Caller.SCRIPT,
            call.url,
            body,
            null,
            limits.maxResponseBytes() + 1,
            false,
            0);
    underWay++;
    long wait =
        client.trySend(
            request,
            answer -> {
              arrived.add(() -> onAnswer(call, answer, cacheable));
              wake.run();
            });
    if (wait > 0) {
      underWay--;
      refuse(call, "the AI service cannot be asked now");
    }
  }

  private String problemWith(Call call, BridgeConfig.ScriptHttp limits) {
    if (!limits.enabled()) {
      return "script_http is switched off";
    }
    if (call.url == null || call.url.isBlank()) {
      return "the URL is empty";
    }
    if (call.url.length() > limits.maxUrlLength()) {
      return "the URL is longer than " + limits.maxUrlLength() + " characters";
    }
    if (call.json != null
        && call.json.getBytes(StandardCharsets.UTF_8).length > limits.maxBodyBytes()) {
      return "the body is larger than " + limits.maxBodyBytes() + " bytes";
    }
    String authority = client.authority(call.url);
    if (authority == null) {
      return "not an http or https URL, nor a path";
    }
    if (!client.isService(call.url) && !isAllowed(authority, limits)) {
      return authority + " is not among allowed_hosts";
    }
    return quotas.take(call.script, limits);
  }

  private static boolean isAllowed(String authority, BridgeConfig.ScriptHttp limits) {
    String host = authority.substring(0, authority.lastIndexOf(':'));
    return limits.allowedHosts().contains(authority) || limits.allowedHosts().contains(host);
  }

  private void onAnswer(Call call, Answer answer, boolean cacheable) {
    underWay--;
    if (answer.kind() != Answer.Kind.OK) {
      stats.failed.increment();
      throttle.run(
          "script " + call.script,
          () -> log.warn("the script {} got no answer: {}", call.script, answer.problem()));
      done.add(new Done(call, ScriptAnswer.failed(answer.status(), answer.problem())));
      return;
    }
    BridgeConfig.ScriptHttp limits = config.get().scriptHttp();
    String text = cut(answer.body(), limits.maxResponseBytes());
    if (cacheable) {
      cache.store(call.url, text, limits);
    }
    done.add(new Done(call, ScriptAnswer.answered(answer.status(), text)));
  }

  private void refuse(Call call, String problem) {
    stats.refused.increment();
    String script = call.script;
    logLines.add(
        () ->
            throttle.run(
                "refused " + script + problem,
                () -> log.warn("a call of the script {} is refused: {}", script, problem)));
    done.add(new Done(call, ScriptAnswer.failed(0, problem)));
  }

  /** The text of at most {@code max} bytes of UTF-8, cut between two characters. */
  static String cut(byte[] bytes, int max) {
    if (bytes.length <= max) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    int end = max;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
