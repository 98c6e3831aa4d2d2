package org.aibridge.core.http;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * The AI service, as HTTP.
 *
 * <p>Calls run on threads of this client's own, at most {@code max_connections} at a time for
 * events; polls and results have some of their own, and scripts others, at most {@code
 * max_concurrent}, over connections of their own. A call that is given up is cancelled, never
 * interrupted.
 *
 * <p>OkHttp's dispatcher and its tasks carry no call: both lose theirs for good when a thread
 * cannot be made once.
 */
public final class ServiceClient implements Transport, AutoCloseable {
  private static final Logger log = Logs.of(ServiceClient.class);

  /**
   * For so long at most somebody is told to stay away: a gate may say an hour, and a reload ends
   * that. So long it is also for want of a thread.
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
  private final CallsUnderWay calls = new CallsUnderWay();
  private volatile ClientSettings settings;

  /** Of the last request with a body: batches all go to one place, and taking it apart costs. */
  private volatile Resolved lastPost;

  /** What {@code url} is under {@code settings}. */
  private record Resolved(ClientSettings settings, String url, ScriptAddress whole) {}

  /**
   * Makes a client; no connection is opened.
   *
   * @param name leads the names of its threads
   * @throws IOException if the TLS files cannot be used
   */
  public ServiceClient(BridgeConfig config, BridgeClock clock, String name) throws IOException {
    this(config, clock, name, new Shortage(clock));
  }

  ServiceClient(BridgeConfig config, BridgeClock clock, String name, Shortage shortage)
      throws IOException {
    this.clock = clock;
    this.gates = new Gates(config, Connections.callTimeout(config), clock);
    this.heartbeat = new Heartbeat(clock);
    this.shortage = shortage;
    this.trouble = new OwnTrouble(clock);
    this.connections = new Connections(config, new KnownHosts(Dns.SYSTEM, shortage), stats);
    this.carrier = new Carrier(clock, heartbeat, shortage, trouble, connections, stats, calls);
    this.threads = new CallThreads(name + " http", config.httpPool().maxConnections());
    this.actionThreads = new CallThreads(name + " action-http", Connections.MAX_ACTION_CALLS);
    this.scriptThreads =
        new CallThreads(name + " script-http", config.scriptHttp().maxConcurrent());
    this.settings = connections.settings(config);
  }

  /** Takes new settings over; connections, breakers and waits stay, a hold is tried again. */
  public void reconfigure(BridgeConfig config) throws IOException {
    settings = connections.settings(config);
    threads.limit(config.httpPool().maxConnections());
    scriptThreads.limit(config.scriptHttp().maxConcurrent());
    gates.release();
  }

  /** Lets each caller's next request ask, whatever its answer; an ordered wait is kept. */
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
    Gate gate = gateOf(now, request, to.url());
    Gate.Permit permit = gate.tryAcquire();
    if (permit.waitNanos() > 0) {
      return Math.min(permit.waitNanos(), MAX_AWAY_NANOS);
    }
    Leave leave = new Leave(gate, permit);
    boolean sent = false;
    try {
      sent = send(new Sending(now, request, to.url(), leave, onAnswer));
    } finally {
      if (!sent) {
        leave.giveBack();
      }
    }
    return sent ? 0 : MAX_AWAY_NANOS;
  }

  private Gate gateOf(ClientSettings now, ServiceRequest request, HttpUrl url) {
    return ScriptAddress.isService(now.base(), url)
        ? gates.of(request.caller())
        : gates.ofHost(ScriptAddress.authority(url));
  }

  /** Whether there is a thread that carries it, now or when one is free. */
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

  /** The bridge goes where the operator said, a script where it may. */
  private ScriptAddress address(ClientSettings now, ServiceRequest request) {
    if (request.caller() == ServiceRequest.Caller.SCRIPT) {
      return ScriptAddress.of(now.base(), now.hosts(), request.url(), request.body());
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

  /** Stays away from the service until {@code epochMs}, as an earlier process was told. */
  public void restoreNotBefore(long epochMs) {
    gates.announced().stayAway(Math.min(epochMs - clock.epochMs(), settings.maxRetryAfterMs()));
  }

  /**
   * Why a script may not ask for {@code url}; empty when it may. Which addresses its host has shows
   * when a connection is made. Any thread but the game thread.
   *
   * @param body what it posts; null for a GET
   */
  public String problemForScript(String url, byte[] body) {
    ClientSettings now = settings;
    return ScriptAddress.of(now.base(), now.hosts(), url, body).problem();
  }

  private Gate events() {
    return gates.of(ServiceRequest.Caller.DISPATCH);
  }

  /** How each gate stands. Any thread; no waiting. */
  public List<GateStatus> gates() {
    return gates.status();
  }

  /** Whether {@code caller} cannot ask the service now. Any thread; no waiting. */
  public boolean isKeptBack(ServiceRequest.Caller caller) {
    Gate gate = gates.of(caller);
    return !gate.holdReason().isEmpty()
        || gate.breakerState().equals("open")
        || caller != ServiceRequest.Caller.SCRIPT && notBeforeMs() > 0;
  }

  /** The events' breaker: {@code closed}, {@code open} or {@code half_open}. Any thread. */
  public String breakerState() {
    return events().breakerState();
  }

  /** Whether the last answer to {@code caller} was none. Any thread; no waiting. */
  public boolean isUnanswered(ServiceRequest.Caller caller) {
    return !gates.of(caller).said().isEmpty();
  }

  /** Whether events are kept back and the last batch failed. Any thread; no waiting. */
  public boolean isFailing() {
    return events().isFailing();
  }

  /** Why events are held; empty when they are not. Any thread; no waiting. */
  public String holdReason() {
    return events().holdReason();
  }

  /**
   * For how long the service told us to stay away from now, in milliseconds; 0 when it did not. Any
   * thread; no waiting.
   */
  public long retryAfterMs() {
    long until = notBeforeMs();
    return until == 0 ? 0 : Math.max(0, until - clock.epochMs());
  }

  /**
   * Until the breaker or a hold lets events through, in milliseconds; 0 when they keep none back.
   * Any thread; no waiting.
   */
  public long probeMs() {
    return events().probeMs();
  }

  /**
   * What the service last said to events instead of what it was asked for, in words, or why it said
   * nothing; empty while it answers as it should. Any thread; no waiting.
   */
  public String said() {
    return events().said();
  }

  /** Whether {@link #said} is an answer of the service's. Any thread; no waiting. */
  public boolean answered() {
    return events().answered();
  }

  /**
   * For how long this process has run without a standstill of some seconds, in milliseconds. Any
   * thread; no waiting.
   */
  public long awakeMs() {
    return heartbeat.awakeNanos() / 1_000_000;
  }

  /** Counters. Any thread; no waiting. */
  public HttpStats stats() {
    return stats;
  }

  /** What of our own keeps calls from being made; empty when nothing does. Any thread. */
  public String problem() {
    return trouble.problem();
  }

  /**
   * Says that this process runs; to be called several times a second, by threads that do not wait
   * for each other's files. Where nobody said so for a while it stood still, and calls that ran out
   * of their time meanwhile tell nothing of the service.
   */
  public void beat() {
    heartbeat.beat();
  }

  /**
   * What is to be done once a second: takes the pool's numbers for {@link #stats}, and ends calls
   * that have run out of their time.
   */
  public void look() {
    connections.count();
    calls.endOverdue(clock.nanos(), heartbeat.stillNanos());
  }

  /** Gives up every call under way; their answers come as {@link Answer.Kind#CANCELLED}. */
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
      // One after the other: what has been cancelled ends meanwhile.
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
