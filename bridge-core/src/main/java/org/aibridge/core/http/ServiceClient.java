package org.aibridge.core.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.BufferedSource;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.Secret;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;

/**
 * The AI service, as HTTP.
 *
 * <p>Every call has a limit on its whole duration; OkHttp never sends a request a second time by
 * itself and follows no redirect; no proxy is asked. Calls run on threads of this client's own, at
 * most {@code max_connections} at a time for events; polls and results have some of their own, and
 * scripts others, at most {@code max_concurrent}, over connections of their own. A call that is
 * given up is cancelled, never interrupted.
 *
 * <p>OkHttp's dispatcher and its tasks carry no call: both lose theirs for good when a thread
 * cannot be made once. So addresses of a host are tried one after the other, and each call ends in
 * one answer whatever is thrown on its way. Where the reason lies with us that is {@link
 * Answer.Kind#LOCAL_FAILURE}.
 */
public final class ServiceClient implements Transport, AutoCloseable {
  private static final Logger log = Logs.of(ServiceClient.class);
  private static final MediaType JSON = MediaType.get("application/json");

  private static final long CLOSED_WAIT_NANOS = 1_000_000_000;

  /** What cannot be sent for want of a thread is tried again so much later. */
  private static final long THREAD_WAIT_NANOS = 1_000_000_000;

  /** So much later than its own time a call is ended by us, if Okio's watchdog has not done it. */
  private static final long GRACE_NANOS = 5_000_000_000L;

  /** For how long after its last sign a failure of our own is told as one of now. */
  private static final long TOLD_NANOS = 3_000_000_000L;

  /** For how long in all: near a limit a shortage comes and goes, and is one to whoever looks. */
  private static final long REMEMBERED_NANOS = 30_000_000_000L;

  /**
   * For how long an idle connection of scripts is kept at most, in milliseconds. Many hosts close
   * theirs after five seconds, and a script's post that meets such a one is not sent again.
   */
  private static final long SCRIPT_IDLE_MS = 4_000;

  /** How often what comes and goes is logged: a shortage, an answer that a library fails at. */
  private static final long LOG_EVERY_NANOS = 30_000_000_000L;

  /** The room for a body at first. */
  private static final int FIRST_BODY_BYTES = 8 << 10;

  /**
   * By so much it grows where it is full: to read 8 MB takes 11 MB of arrays, with 2 it took 16.
   */
  private static final int BODY_GROWTH = 4;

  /** One poll and the results under way, which may hang without keeping events from their turn. */
  private static final int MAX_ACTION_CALLS = 5;

  /** Of a library's failure so much is told. */
  private static final int MAX_FRAMES = 8;

  /** A command that only asks whether the service answers reads no more of an answer. */
  private static final int MAX_PROBE_BYTES = 1 << 20;

  private static final String UNASKED = ": the AI service cannot be asked";

  /** For when there is no memory to make another. */
  private static final Answer UNTOLD =
      Answer.without(Answer.Kind.LOCAL_FAILURE, "a call failed, and so did telling why", 0);

  private final BridgeClock clock;
  private final Gates gates;
  private final Heartbeat heartbeat;
  private final Shortage shortage;
  private final KnownHosts hosts;
  private final CallThreads threads;
  private final CallThreads actionThreads;
  private final CallThreads scriptThreads;
  private final ConnectionPool pool;
  private final ConnectionPool scriptPool;
  private final WatchedSockets sockets = new WatchedSockets();
  private final HttpStats stats = new HttpStats();
  private final Map<Call, Exchange> calls = new ConcurrentHashMap<>();
  private volatile Settings settings;

  /** Of the last request with a body: batches all go to one place, and taking it apart costs. */
  private volatile Resolved lastPost;

  private volatile boolean closed;
  private volatile Trouble trouble;
  private volatile long nextLogNanos;

  /** A failure of our own, when it was, and whether it is one that comes and goes. */
  private record Trouble(String problem, long atNanos, boolean flickers) {}

  /** One request on its way. */
  private record Sending(
      Settings settings,
      ServiceRequest request,
      HttpUrl url,
      boolean ours,
      Gate gate,
      Gate.Permit permit,
      Call call,
      Exchange exchange,
      Consumer<Answer> onAnswer) {}

  /**
   * What a reload replaces at once.
   *
   * @param client asks the service for the bridge itself
   * @param scripts asks it for scripts
   * @param stranger asks other hosts for scripts, and knows nothing of what identifies us; one for
   *     all, or no connection is used twice
   * @param hosts what scripts may ask beside the service
   */
  private record Settings(
      BridgeConfig config,
      OkHttpClient client,
      OkHttpClient scripts,
      OkHttpClient stranger,
      HttpUrl base,
      Set<String> hosts) {}

  /** What {@code url} is under {@code settings}. */
  private record Resolved(Settings settings, String url, ScriptAddress whole) {}

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
    this.gates = new Gates(config, callTimeout(config), clock);
    this.heartbeat = new Heartbeat(clock);
    this.shortage = shortage;
    this.hosts = new KnownHosts(Dns.SYSTEM, shortage);
    this.threads = new CallThreads(name + " http", config.httpPool().maxConnections());
    this.actionThreads = new CallThreads(name + " action-http", MAX_ACTION_CALLS);
    this.scriptThreads =
        new CallThreads(name + " script-http", config.scriptHttp().maxConcurrent());
    this.nextLogNanos = clock.nanos();
    this.trouble =
        new Trouble("", clock.nanos(), false); // Its class must not load during a shortage.
    long keptMs = config.httpPool().keepAliveTime().toMillis();
    this.pool = pool(config, config.httpPool().maxConnections() + MAX_ACTION_CALLS, keptMs);
    this.scriptPool =
        pool(config, config.scriptHttp().maxConcurrent(), Math.min(keptMs, SCRIPT_IDLE_MS));
    this.settings = build(config);
  }

  private static ConnectionPool pool(BridgeConfig config, int most, long keptMs) {
    return new ConnectionPool(
        config.httpPool().keepAlive() ? most : 0, keptMs, TimeUnit.MILLISECONDS);
  }

  /** Takes new settings over; connections, breakers and waits stay, a hold is tried again. */
  public void reconfigure(BridgeConfig config) throws IOException {
    settings = build(config);
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
    Settings now = settings;
    ScriptAddress to = address(now, request);
    if (!to.problem().isEmpty()) {
      onAnswer.accept(Answer.without(Answer.Kind.REFUSED, to.problem(), 0));
      return 0;
    }
    if (closed) {
      return CLOSED_WAIT_NANOS;
    }
    HttpUrl url = to.url();
    boolean ours = ScriptAddress.isService(now.base, url);
    Gate gate = ours ? gates.of(request.caller()) : gates.ofHost(ScriptAddress.authority(url));
    Gate.Permit permit = gate.tryAcquire();
    if (permit.waitNanos() > 0) {
      return permit.waitNanos();
    }
    boolean sent = false;
    try {
      long wait = send(now, request, url, ours, gate, permit, onAnswer);
      sent = wait == 0;
      return wait;
    } finally {
      if (!sent) {
        gate.giveBack(permit);
      }
    }
  }

  @Override
  public long notBeforeMs() {
    return gates.announced().epochMs();
  }

  /** Stays away from the service until {@code epochMs}, as an earlier process was told. */
  public void restoreNotBefore(long epochMs) {
    long max = settings.config.eventDispatcher().maxRetryAfter().toMillis();
    gates.announced().stayAway(Math.min(epochMs - clock.epochMs(), max));
  }

  /**
   * Why a script may not ask for {@code url}; empty when it may. Which addresses its host has shows
   * when a connection is made. Any thread but the game thread.
   *
   * @param body what it posts; null for a GET
   */
  public String problemForScript(String url, byte[] body) {
    Settings now = settings;
    return ScriptAddress.of(now.base, now.hosts, url, body).problem();
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
    Trouble now = trouble;
    long age = clock.nanos() - now.atNanos;
    if (age <= TOLD_NANOS) {
      return now.problem;
    }
    return now.flickers && age <= REMEMBERED_NANOS
        ? now.problem + " (last " + age / 1_000_000_000 + " s ago)"
        : "";
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
   * What is to be done once a second: takes the pool's numbers for {@link #stats}, for which it
   * takes OkHttp's lock, and ends calls that have run out of their time, should Okio's thread that
   * does so not be there: it is never made again once it could not be.
   */
  public void look() {
    stats.pool(
        pool.connectionCount() + scriptPool.connectionCount(),
        pool.idleConnectionCount() + scriptPool.idleConnectionCount());
    long now = clock.nanos();
    long still = heartbeat.stillNanos();
    calls.forEach(
        (call, exchange) -> {
          if (exchange.isOverdue(now, still, GRACE_NANOS)) {
            exchange.overdue = true;
            call.cancel();
          }
        });
  }

  /** Gives up every call under way; their answers come as {@link Answer.Kind#CANCELLED}. */
  public void cancelAll() {
    calls.forEach(
        (call, exchange) -> {
          exchange.cancelled = true;
          call.cancel();
        });
  }

  /** Ends calls, connections and threads. */
  @Override
  public void close() {
    closed = true;
    cancelAll();
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
    pool.evictAll();
    scriptPool.evictAll();
  }

  private Settings build(BridgeConfig config) throws IOException {
    HttpUrl base = HttpUrl.parse(config.aiService().baseUrl().toString());
    if (base == null) {
      throw new IOException("[ai_service] base_url has no host that can be asked");
    }
    Duration timeout = config.scriptHttp().timeout();
    OkHttpClient client =
        ofService(config, hosts, sockets).connectionPool(pool).eventListener(stats).build();
    return new Settings(
        config,
        client,
        forScripts(client.newBuilder(), timeout),
        forScripts(stranger(config), timeout),
        base,
        ScriptAddress.hosts(config.scriptHttp().allowedHosts()));
  }

  private OkHttpClient forScripts(OkHttpClient.Builder builder, Duration timeout) {
    return builder
        .connectionPool(scriptPool)
        .eventListener(stats)
        .readTimeout(timeout)
        .callTimeout(timeout)
        .build();
  }

  /**
   * Of a Dns of its own: OkHttp uses a connection again for one and the same only, so that none
   * outlives the rules by which its address was judged.
   */
  private OkHttpClient.Builder stranger(BridgeConfig config) {
    AddressRules rules = new AddressRules(config.scriptHttp().allowedNetworks());
    Dns names =
        new Dns() {
          @Override
          public List<InetAddress> lookup(String hostname) throws UnknownHostException {
            return Dns.SYSTEM.lookup(hostname);
          }
        };
    return builder(config, names, new WatchedSockets(rules::refusal));
  }

  /**
   * What asks the AI service as the bridge does, for a command that asks it a few times; to be
   * closed by nobody.
   *
   * @throws IOException if the TLS files cannot be used
   */
  public static OkHttpClient probe(BridgeConfig config) throws IOException {
    return ofService(config, Dns.SYSTEM, new WatchedSockets())
        .addInterceptor(
            chain -> {
              Exchange exchange = new Exchange(callTimeout(config).toNanos(), MAX_PROBE_BYTES);
              WatchedSockets.carry(exchange);
              return chain.proceed(
                  chain.request().newBuilder().tag(Exchange.class, exchange).build());
            })
        .build();
  }

  private static OkHttpClient.Builder ofService(
      BridgeConfig config, Dns names, WatchedSockets sockets) throws IOException {
    OkHttpClient.Builder builder = builder(config, names, sockets);
    PemTls.apply(config.aiService().tls(), builder);
    return builder;
  }

  private static OkHttpClient.Builder builder(
      BridgeConfig config, Dns names, WatchedSockets sockets) {
    BridgeConfig.AiService service = config.aiService();
    return new OkHttpClient.Builder()
        .dns(names)
        .fastFallback(false)
        .socketFactory(sockets)
        .addNetworkInterceptor(sockets)
        .proxy(Proxy.NO_PROXY)
        // HTTP/2 reads on threads of OkHttp's own, which may be missing for ever after one that
        // could not be made, and takes in what no call has asked for.
        .protocols(List.of(Protocol.HTTP_1_1))
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        .addNetworkInterceptor(AnswerHead::take)
        .connectTimeout(service.connectTimeout())
        .readTimeout(service.readTimeout())
        // The call's limit closes the connection, and with it ends a write; one more for each
        // piece wakes Okio's watchdog.
        .writeTimeout(Duration.ZERO)
        .callTimeout(callTimeout(config));
  }

  /** Sends; answers 0, or for how long there is no point in asking again. */
  private long send(
      Settings now,
      ServiceRequest request,
      HttpUrl url,
      boolean ours,
      Gate gate,
      Gate.Permit permit,
      Consumer<Answer> onAnswer) {
    Sending sending = begin(now, request, url, ours, gate, permit, onAnswer);
    boolean sent = false;
    try {
      threadsFor(request).run(() -> carry(sending));
      sent = true;
    } catch (OutOfMemoryError e) {
      noteTrouble(shortage.of(e));
      return THREAD_WAIT_NANOS;
    } catch (RejectedExecutionException e) {
      return CLOSED_WAIT_NANOS;
    } finally {
      if (!sent) {
        calls.remove(sending.call);
      }
    }
    cancelIfClosed(sending);
    return 0;
  }

  private Sending begin(
      Settings now,
      ServiceRequest request,
      HttpUrl url,
      boolean ours,
      Gate gate,
      Gate.Permit permit,
      Consumer<Answer> onAnswer) {
    OkHttpClient client = clientFor(now, request, ours);
    Exchange exchange =
        new Exchange(client.callTimeoutMillis() * 1_000_000L, request.maxAnswerBytes());
    Call call = client.newCall(httpRequest(now, request, url, ours, exchange));
    calls.put(call, exchange);
    return new Sending(now, request, url, ours, gate, permit, call, exchange, onAnswer);
  }

  private void cancelIfClosed(Sending sending) {
    if (closed) {
      sending.exchange.cancelled = true;
      sending.call.cancel();
    }
  }

  private CallThreads threadsFor(ServiceRequest request) {
    return switch (request.caller()) {
      case DISPATCH -> threads;
      case ACTIONS, RESULTS -> actionThreads;
      case SCRIPT -> scriptThreads;
    };
  }

  private ConnectionPool poolFor(ServiceRequest request) {
    return request.caller() == ServiceRequest.Caller.SCRIPT ? scriptPool : pool;
  }

  /** Makes the call, and ends it in one answer, whatever is thrown on the way. */
  private void carry(Sending first) {
    Sending sending = first;
    Answer answer = UNTOLD;
    try {
      answer = ask(sending);
      if (mayRepeat(sending)) {
        calls.remove(sending.call);
        sending = again(sending);
        answer = ask(sending);
      }
    } catch (Throwable e) {
      // Also what a library throws without declaring it; nothing that could be tried needs no
      // memory.
      sending.call.cancel();
    } finally {
      finish(sending, answer);
    }
  }

  /**
   * Whether a call met a connection whose other end had gone, and nobody else repeats it: a script
   * asks once, and hosts close what is idle after some seconds. What changes nothing may be sent
   * twice.
   */
  private static boolean mayRepeat(Sending sending) {
    ServiceRequest request = sending.request;
    return sending.exchange.stale
        && request.caller() == ServiceRequest.Caller.SCRIPT
        && request.body() == null;
  }

  private Sending again(Sending stale) {
    Sending again =
        begin(
            stale.settings,
            stale.request,
            stale.url,
            stale.ours,
            stale.gate,
            stale.permit,
            stale.onAnswer);
    cancelIfClosed(again);
    return again;
  }

  private Answer ask(Sending sending) {
    if (!sending.gate.isStillGiven(sending.permit)) {
      return Answer.without(Answer.Kind.CANCELLED, "the AI service cannot be asked now", 0);
    }
    WatchedSockets.carry(sending.exchange);
    sending.exchange.begin(clock.nanos(), heartbeat.stillNanos());
    try (Response response = sending.call.execute()) {
      return read(sending, response);
    } catch (IOException e) {
      return unanswered(sending, e);
    } catch (Throwable e) {
      // Or what OkHttp has left half done would stay in its pool.
      sending.call.cancel();
      return unread(sending, e);
    } finally {
      WatchedSockets.carry(null);
    }
  }

  private void finish(Sending sending, Answer untold) {
    Answer answer = untold;
    try {
      calls.remove(sending.call);
      stats.count(answer, sending.request.extraTimeMs() > 0);
      if (answer.kind() == Answer.Kind.LOCAL_FAILURE) {
        noteTrouble(answer.problem());
      }
      answer = saying(sending, answer);
    } finally {
      try {
        if (sending.exchange.stale) {
          sending.gate.giveBack(sending.permit);
        } else {
          sending.gate.onAnswer(sending.permit, answer);
        }
      } finally {
        sending.onAnswer.accept(answer);
      }
    }
  }

  private Answer unanswered(Sending sending, IOException e) {
    Exchange exchange = sending.exchange;
    long now = clock.nanos();
    long latency = exchange.tookNanos(now);
    if (exchange.cancelled || closed) {
      return Answer.without(Answer.Kind.CANCELLED, "given up", latency);
    }
    long still = heartbeat.stillNanos();
    if (exchange.wasMostlyStill(now, still)) {
      long seconds = exchange.stoodStillNanos(still) / 1_000_000_000;
      String problem = "this process stood still for " + seconds + " s of a call";
      return Answer.without(Answer.Kind.LOCAL_FAILURE, problem, latency);
    }
    boolean theirs = exchange.overdue || exchange.isTooLarge();
    String what = theirs ? "" : shortage.of(e);
    if (!what.isEmpty()) {
      String problem = what + UNASKED;
      return Answer.without(Answer.Kind.LOCAL_FAILURE, problem, latency);
    }
    exchange.stale = exchange.foundStale(e);
    if (exchange.stale) {
      poolFor(sending.request).evictAll();
    }
    if (e instanceof ProtocolException && (exchange.status == 204 || exchange.status == 205)) {
      // OkHttp takes no body with these, and others do without a word.
      return new Answer(Answer.Kind.OK, exchange.status, -1, new byte[0], "", latency);
    }
    String problem = Saying.ofFailure(e, sending.url, exchange, keyOf(sending));
    return new Answer(Answer.Kind.NO_ANSWER, exchange.status, -1, new byte[0], problem, latency);
  }

  /** The same, with what was said instead of what was asked for, for those who ask why. */
  private static Answer saying(Sending sending, Answer answer) {
    return switch (answer.kind()) {
      case OK, LOCAL_FAILURE, CANCELLED -> answer;
      default -> {
        String said = sending.exchange.said;
        String words = said.isEmpty() ? answer.problem() : said;
        String where = ScriptAddress.authority(sending.url);
        yield answer.saying(
            (sending.request.body() == null ? "GET " : "POST ")
                + (words.startsWith(where) ? "" : where)
                + sending.url.encodedPath()
                + ": "
                + words);
      }
    };
  }

  /** Has a failure of our own told for a while. */
  private void noteTrouble(String problem) {
    if (mayLog()) {
      log.warn("{}; nothing counts against the AI service, and what waits is tried again", problem);
    }
    trouble = new Trouble(problem, clock.nanos(), problem.endsWith(UNASKED));
  }

  /** Whether the log has heard nothing for a while of what comes and goes. */
  private boolean mayLog() {
    long now = clock.nanos();
    if (now - nextLogNanos < 0) {
      return false;
    }
    nextLogNanos = now + LOG_EVERY_NANOS;
    return true;
  }

  private static Duration callTimeout(BridgeConfig config) {
    return config.aiService().connectTimeout().plus(config.aiService().readTimeout());
  }

  private static OkHttpClient clientFor(Settings now, ServiceRequest request, boolean ours) {
    if (request.caller() == ServiceRequest.Caller.SCRIPT) {
      return ours ? now.scripts : now.stranger;
    }
    if (request.extraTimeMs() == 0) {
      return now.client;
    }
    long readMs = now.client.readTimeoutMillis() + request.extraTimeMs();
    return now.client
        .newBuilder()
        .readTimeout(readMs, TimeUnit.MILLISECONDS)
        .callTimeout(readMs + now.client.connectTimeoutMillis(), TimeUnit.MILLISECONDS)
        .build();
  }

  private static Request httpRequest(
      Settings now, ServiceRequest request, HttpUrl url, boolean ours, Exchange exchange) {
    Request.Builder builder = new Request.Builder().url(url).tag(Exchange.class, exchange);
    if (ours) {
      BridgeConfig.AiService service = now.config.aiService();
      builder.header("X-Server-Id", now.config.bridge().serverId());
      if (service.apiKey().isPresent()) {
        boolean bearer = service.apiKeyHeader().equalsIgnoreCase("Authorization");
        builder.header(
            service.apiKeyHeader(), (bearer ? "Bearer " : "") + service.apiKey().reveal());
      }
    }
    if (request.idempotencyKey() != null) {
      builder.header("Idempotency-Key", request.idempotencyKey());
    }
    if (request.body() != null) {
      boolean gzip = ours && now.config.aiService().compression() == BridgeConfig.Compression.GZIP;
      if (gzip) {
        builder.header("Content-Encoding", "gzip");
      }
      builder.post(new OneShotBody(gzip ? gzip(request.body()) : request.body()));
    }
    return builder.build();
  }

  private Answer read(Sending sending, Response response) throws IOException {
    ServiceRequest request = sending.request;
    int status = response.code();
    BufferedSource source = response.body().source();
    byte[] body = readBody(source, request.maxAnswerBytes(), sending.exchange);
    long latency = sending.exchange.tookNanos(clock.nanos());
    long maxRetryAfterMs = sending.settings.config.eventDispatcher().maxRetryAfter().toMillis();
    long retryAfter =
        RetryAfter.waitMs(
            sending.exchange.retryAfter,
            response.headers().getDate("Date"),
            clock.epochMs(),
            maxRetryAfterMs);
    Answer.Kind kind = kind(request.caller(), status, retryAfter);
    boolean readable = !request.requireJson() || AnswerBody.isReadable(request.caller(), body);
    boolean failed =
        kind == Answer.Kind.OK
            && readable
            && request.caller() == ServiceRequest.Caller.DISPATCH
            && AnswerBody.saysItFailed(body);
    String encoding = response.header("Content-Encoding", "");
    if (kind != Answer.Kind.OK || !readable || failed) {
      sending.exchange.said =
          Saying.of(status, response.header("Content-Type"), encoding, body, keyOf(sending));
    }
    if (kind == Answer.Kind.OK && !readable) {
      String what =
          source.exhausted()
              ? Saying.unreadable(body, encoding)
              : "a body of more than " + Saying.size(request.maxAnswerBytes());
      sending.exchange.said += ": " + what;
      return new Answer(
          Answer.Kind.NO_ANSWER, status, -1, body, "HTTP " + status + " with " + what, latency);
    }
    if (failed) {
      String said = "HTTP " + status + " with \"success\": false";
      return new Answer(Answer.Kind.NO_ANSWER, status, -1, body, said, latency);
    }
    String problem =
        sending.ours ? problem(kind, status, response, keyOf(sending)) : other(kind, status);
    return new Answer(kind, status, retryAfter, body, problem, latency);
  }

  /** An error is ours; an exception of a library's may come of what the service has said. */
  private Answer unread(Sending sending, Throwable e) {
    long latency = sending.exchange.tookNanos(clock.nanos());
    String what = shortage.of(e);
    if (!what.isEmpty()) {
      return Answer.without(Answer.Kind.LOCAL_FAILURE, what, latency);
    }
    String problem = "the answer could not be read: " + e.getClass().getSimpleName();
    if (mayLog()) {
      // Not what it says, which may be of the answer's words.
      log.error("{}, {}", problem, Arrays.stream(e.getStackTrace()).limit(MAX_FRAMES).toList());
    }
    return Answer.without(Answer.Kind.NO_ANSWER, problem, latency);
  }

  private static Answer.Kind kind(ServiceRequest.Caller caller, int status, long retryAfter) {
    if (status >= 200 && status < 300) {
      return Answer.Kind.OK;
    }
    if ((status == 408 || status == 429 || status == 503) && retryAfter >= 0) {
      return Answer.Kind.COME_BACK;
    }
    if (status >= 300 && status < 400) {
      return Answer.Kind.REDIRECT;
    }
    if (status == 501 && caller == ServiceRequest.Caller.ACTIONS) {
      return Answer.Kind.REFUSED; // It is there and has no actions.
    }
    return switch (status) {
      case 401, 403 -> Answer.Kind.UNAUTHORIZED;
      case 413 -> Answer.Kind.TOO_LARGE;
      case 408, 429 -> Answer.Kind.FAILED;
      default -> status >= 400 && status < 500 ? Answer.Kind.REFUSED : Answer.Kind.FAILED;
    };
  }

  /** What is wrong with an answer of a host that is not the service. */
  private static String other(Answer.Kind kind, int status) {
    return kind == Answer.Kind.OK ? "" : "HTTP " + status;
  }

  /** What must not come back to us in words for people. */
  private static Secret keyOf(Sending sending) {
    return sending.settings.config.aiService().apiKey();
  }

  private static String problem(Answer.Kind kind, int status, Response response, Secret key) {
    return switch (kind) {
      case OK -> "";
      case UNAUTHORIZED ->
          "the AI service refuses our credentials (HTTP " + status + "): check api_key";
      case REDIRECT ->
          "the AI service redirects (HTTP "
              + status
              + ") to "
              + Shown.address(key.hideIn(response.header("Location", "nowhere")))
              + ": correct base_url";
      default -> "HTTP " + status;
    };
  }

  private static byte[] readBody(BufferedSource source, int max, Exchange exchange)
      throws IOException {
    // Not gathered in Okio's small pieces: where memory is short, those make collections long.
    byte[] body = new byte[Math.min(max, FIRST_BODY_BYTES)];
    int size = 0;
    int count = 0;
    while (size < max && count >= 0) {
      if (size == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(max, (long) BODY_GROWTH * size));
      }
      count = source.read(body, size, body.length - size);
      size += Math.max(0, count);
      exchange.hasBody();
    }
    return size == body.length ? body : Arrays.copyOf(body, size);
  }

  /** The bridge goes where the operator said, a script where it may. */
  private ScriptAddress address(Settings now, ServiceRequest request) {
    if (request.caller() == ServiceRequest.Caller.SCRIPT) {
      return ScriptAddress.of(now.base, now.hosts, request.url(), request.body());
    }
    Resolved last = lastPost;
    if (last != null && last.settings == now && last.url.equals(request.url())) {
      return last.whole;
    }
    HttpUrl url = ScriptAddress.resolve(now.base, request.url());
    ScriptAddress whole = new ScriptAddress(url, url == null ? "not a URL: " + request.url() : "");
    if (request.body() != null) {
      lastPost = new Resolved(now, request.url(), whole);
    }
    return whole;
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A body that may be sent once: OkHttp must not send a POST again by itself. */
  private static final class OneShotBody extends RequestBody {
    private final byte[] bytes;

    OneShotBody(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public MediaType contentType() {
      return JSON;
    }

    @Override
    public long contentLength() {
      return bytes.length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.write(bytes);
    }
  }
}
