package org.aibridge.core.http;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.service.Standing;
import org.aibridge.core.service.Trial;
import org.slf4j.Logger;

/**
 * The AI service over HTTP.
 *
 * <p>Calls run on threads of this client's own, at most {@code max_connections} at a time for
 * events; polls and results have threads of their own, and so have scripts, at most {@code
 * max_concurrent}, with connections of their own too. A call that is given up is cancelled, never
 * interrupted.
 *
 * <p>OkHttp's dispatcher and tasks carry no call: each loses its work for good if a thread cannot
 * be made once.
 */
public final class ServiceClient implements Transport, ScriptPlaces, AutoCloseable {
  private static final Logger log = Logs.of(ServiceClient.class);

  /**
   * The longest wait that {@link #trySend} returns, in nanoseconds: a gate may order an hour, which
   * a reload can end. Also the wait when no thread can be made or the client is closed.
   */
  static final long MAX_AWAY_NANOS = 500_000_000;

  private final BridgeClock clock;
  private final Gates gates;
  private final Heartbeat heartbeat;
  private final Shortage shortage;
  private final OwnTrouble trouble;
  private final Connections connections;
  private final Carrier carrier;
  private final CallThreads threads;
  private final CallThreads actionThreads;
  private final CallThreads scriptThreads;
  private final HttpStats stats = new HttpStats();
  private final EventPath eventPath = new EventPath();
  private final CallsUnderWay calls = new CallsUnderWay();
  private volatile ClientSettings settings;

  /** The parsed URL of the last POST: all batches go to one URL, and parsing is slow. */
  private volatile Resolved lastPost;

  /** The parsed address of {@code url}, valid as long as {@code settings} are in use. */
  private record Resolved(ClientSettings settings, String url, ScriptAddress whole) {}

  /**
   * Makes a client; no connection is opened.
   *
   * @param name the beginning of the threads' names
   * @throws IOException if the TLS files cannot be used
   */
  public ServiceClient(BridgeConfig config, BridgeClock clock, String name, Wire wire)
      throws IOException {
    this(config, clock, name, wire, new Shortage(clock));
  }

  ServiceClient(BridgeConfig config, BridgeClock clock, String name, Wire wire, Shortage shortage)
      throws IOException {
    this.clock = clock;
    this.gates = new Gates(config, Connections.callTimeout(config), clock);
    this.heartbeat = new Heartbeat(clock);
    this.shortage = shortage;
    this.trouble = new OwnTrouble(clock);
    this.connections = new Connections(config, new KnownHosts(Dns.SYSTEM, shortage), stats, wire);
    this.carrier = new Carrier(clock, heartbeat, shortage, trouble, connections, stats, calls);
    this.threads = new CallThreads(name + " http", config.httpPool().maxConnections(), wire);
    this.actionThreads = new CallThreads(name + " action-http", Connections.MAX_ACTION_CALLS, wire);
    this.scriptThreads =
        new CallThreads(name + " script-http", config.scriptHttp().maxConcurrent(), wire);
    this.settings = connections.settings(config);
  }

  /**
   * Takes over new settings. Connections, breakers and delays remain; a refused caller may ask
   * again.
   */
  public void reconfigure(BridgeConfig config) throws IOException {
    ClientSettings now = connections.settings(config);
    if (!now.base().equals(settings.base())) {
      eventPath.forget();
    }
    settings = now;
    threads.limit(config.httpPool().maxConnections());
    scriptThreads.limit(config.scriptHttp().maxConcurrent());
    gates.budget().configure(config.aiService().maxRequestsPerMinute());
    gates.release();
  }

  /** Lets the next request of each caller and host pass now, unless the service ordered a wait. */
  public void retryNow() {
    gates.retryNow();
  }

  @Override
  public long trySend(ServiceRequest request, Consumer<Answer> onAnswer) {
    ClientSettings now = settings;
    ScriptAddress to = address(now, request);
    if (!to.problem().isEmpty()) {
      onAnswer.accept(Answer.without(Answer.Kind.REFUSED, to.problem(), 0));
      return 0;
    }
    if (calls.isClosed()) {
      return MAX_AWAY_NANOS;
    }
    RateBudget budget = gates.budget();
    long paced = budget.take(request.caller(), request.urgent());
    if (paced > 0) {
      return Math.min(paced, MAX_AWAY_NANOS);
    }
    long away = MAX_AWAY_NANOS;
    try {
      away = trySend(now, request, to.url(), onAnswer);
    } finally {
      if (away > 0) {
        budget.giveBack(request.caller());
      }
    }
    return away;
  }

  private long trySend(
      ClientSettings now, ServiceRequest request, HttpUrl url, Consumer<Answer> onAnswer) {
    Gate gate = gateOf(now, request, url);
    Gate.Permit permit = gate.tryAcquire();
    if (permit.waitNanos() > 0) {
      return Math.min(permit.waitNanos(), MAX_AWAY_NANOS);
    }
    boolean sent = false;
    try {
      Leave leave = new Leave(gate, permit, judge(request), gates.budget());
      sent = send(new Sending(now, request, url, leave, onAnswer));
    } finally {
      if (!sent) {
        gate.giveBack(permit);
      }
    }
    return sent ? 0 : MAX_AWAY_NANOS;
  }

  private UnaryOperator<Answer> judge(ServiceRequest request) {
    return request.caller() == ServiceRequest.Caller.DISPATCH
        ? answer -> eventPath.judged(answer, request.alone())
        : UnaryOperator.identity();
  }

  private Gate gateOf(ClientSettings now, ServiceRequest request, HttpUrl url) {
    return ScriptAddress.isService(now.base(), url)
        ? gates.of(request.caller())
        : gates.ofHost(ScriptAddress.authority(url));
  }

  /**
   * Gives the call to a thread, which makes it now or as soon as it is free; false if that fails.
   */
  private boolean send(Sending sending) {
    calls.begin(sending.call(), sending.exchange());
    boolean sent = false;
    try {
      threadsFor(sending.request).run(() -> carrier.carry(sending));
      sent = true;
    } catch (OutOfMemoryError e) {
      trouble.note(shortage.of(e));
    } catch (RejectedExecutionException e) {
      log.debug("the client is closed", e);
    } finally {
      if (!sent) {
        calls.end(sending.call());
      }
    }
    return sent;
  }

  private CallThreads threadsFor(ServiceRequest request) {
    return switch (request.caller()) {
      case DISPATCH -> threads;
      case ACTIONS, RESULTS -> actionThreads;
      case SCRIPT -> scriptThreads;
    };
  }

  /**
   * Returns a request's URL, and for a script's request the reason if the script may not ask it.
   */
  private ScriptAddress address(ClientSettings now, ServiceRequest request) {
    if (request.caller() == ServiceRequest.Caller.SCRIPT) {
      return ScriptAddress.of(now.places(), request.url());
    }
    Resolved last = lastPost;
    if (last != null && last.settings == now && last.url.equals(request.url())) {
      return last.whole;
    }
    HttpUrl url = ScriptAddress.resolve(now.base(), request.url());
    ScriptAddress whole = new ScriptAddress(url, url == null ? "not a URL: " + request.url() : "");
    if (request.body() != null) {
      lastPost = new Resolved(now, request.url(), whole);
    }
    return whole;
  }

  @Override
  public long notBeforeMs() {
    return gates.announced().epochMs();
  }

  /** Restores the wait that the service ordered before a restart; it ends at {@code epochMs}. */
  public void restoreNotBefore(long epochMs) {
    gates.announced().stayAway(Math.min(epochMs - clock.epochMs(), settings.maxRetryAfterMs()));
  }

  @Override
  public String problem(String url) {
    return ScriptAddress.of(settings.places(), url).problem();
  }

  @Override
  public GameEvent event(String url, String json) {
    ScriptAddress.Places places = settings.places();
    return ScriptAddress.of(places, url).takesEvents(places) ? BareEvent.of(json) : null;
  }

  private Gate events() {
    return gates.of(ServiceRequest.Caller.DISPATCH);
  }

  /** The status of each gate. Any thread; no waiting. */
  public List<GateStatus> gates() {
    return gates.status();
  }

  /** Returns the current state of the requests of {@code caller}. Any thread; no waiting. */
  public Standing standing(ServiceRequest.Caller caller) {
    return gates.of(caller).standing(caller == ServiceRequest.Caller.SCRIPT ? 0 : retryAfterMs());
  }

  /** Returns what became of the first request of {@code caller} since {@link #retryNow}. */
  public Trial trial(ServiceRequest.Caller caller) {
    return gates.of(caller).trial();
  }

  /** The breaker for events: {@code closed}, {@code open} or {@code half_open}. Any thread. */
  public GateState breakerState() {
    return events().breakerState();
  }

  /** True if events are kept back and the last batch failed. Any thread; no waiting. */
  public boolean isFailing() {
    return events().isFailing();
  }

  /** Why events are held; empty if they are not. Any thread; no waiting. */
  public String holdReason() {
    return events().holdReason();
  }

  /**
   * The time left of a wait that the service ordered, in milliseconds; 0 when there is none. Any
   * thread; no waiting.
   */
  public long retryAfterMs() {
    long until = notBeforeMs();
    return until == 0 ? 0 : Math.max(0, until - clock.epochMs());
  }

  /**
   * The time until the breaker or a hold lets events pass, in milliseconds; 0 when neither keeps
   * events back. Any thread; no waiting.
   */
  public long probeMs() {
    return events().probeMs();
  }

  /**
   * The last unwanted answer to events in words, or why no answer came; empty while the service
   * answers as it should. Any thread; no waiting.
   */
  public String said() {
    return events().said();
  }

  /** True if {@link #said} is an answer of the service. Any thread; no waiting. */
  public boolean answered() {
    return events().answered();
  }

  /**
   * The time this process has run without a standstill of some seconds, in milliseconds. Any
   * thread; no waiting.
   */
  public long awakeMs() {
    return heartbeat.awakeNanos() / 1_000_000;
  }

  /** Returns the last standstill of this process of some seconds, up to this moment. Any thread. */
  public Standstill standstill() {
    return heartbeat.last();
  }

  /** The requests allowed per minute; 0 for no limit. Any thread; no waiting. */
  public int requestsPerMinute() {
    return gates.budget().perMinute();
  }

  /** The requests left as stated by the last answer; -1 if not stated. Any thread. */
  public int requestsLeft() {
    return gates.budget().remaining();
  }

  /** The counters of requests and connections. Any thread; no waiting. */
  public HttpStats stats() {
    return stats;
  }

  /** The problem on our side that prevents calls; empty if there is none. Any thread. */
  public String problem() {
    return trouble.problem();
  }

  /**
   * Notes that this process runs; to be called several times a second, by threads that do not wait
   * for each other's files. A gap means that the process stood still, and calls that timed out
   * meanwhile say nothing of the service.
   */
  public void beat() {
    heartbeat.beat();
  }

  /**
   * Does what is due once a second: copies the pool's numbers to {@link #stats}, and ends calls
   * that are past their time limit.
   */
  public void look() {
    connections.count();
    calls.endOverdue(clock.nanos(), heartbeat.stillNanos());
  }

  /** Cancels every call under way; each gets the answer {@link Answer.Kind#CANCELLED}. */
  public void cancelAll() {
    calls.giveUpAll();
  }

  /** Ends calls, connections and threads. */
  @Override
  public void close() {
    calls.close();
    threads.shutdown();
    actionThreads.shutdown();
    scriptThreads.shutdown();
    try {
      // Waits for one pool after another; meanwhile the cancelled calls of all pools end.
      if (!threads.awaitEnd(2) | !actionThreads.awaitEnd(1) | !scriptThreads.awaitEnd(1)) {
        int running = threads.running() + actionThreads.running() + scriptThreads.running();
        log.warn("{} HTTP calls did not end when cancelled", running);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.close();
  }
}
