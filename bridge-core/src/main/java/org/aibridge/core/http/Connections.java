package org.aibridge.core.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.aibridge.core.config.BridgeConfig;

/**
 * How connections are made and kept: the bridge's own, and those of scripts, apart. Any thread.
 *
 * <p>Every call has a limit on its whole duration; OkHttp never sends a request a second time by
 * itself and follows no redirect; no proxy is asked; addresses of a host are tried one after the
 * other.
 */
final class Connections {
  /**
   * How long an idle connection of scripts is kept at most, in milliseconds. Many hosts close
   * theirs after five seconds, and a script's post that meets such a one is not sent again.
   */
  private static final long SCRIPT_IDLE_MS = 4_000;

  /** One poll and the results under way, which may hang without keeping events from their turn. */
  static final int MAX_ACTION_CALLS = 5;

  private final KnownHosts hosts;
  private final HttpStats stats;
  private final ConnectionPool pool;
  private final ConnectionPool scriptPool;
  private final WatchedSockets sockets = new WatchedSockets();

  /** The sizes of the pools are those of {@code config} for good. */
  Connections(BridgeConfig config, KnownHosts hosts, HttpStats stats) {
    this.hosts = hosts;
    this.stats = stats;
    long keptMs = config.httpPool().keepAliveTime().toMillis();
    this.pool = pool(config, config.httpPool().maxConnections() + MAX_ACTION_CALLS, keptMs);
    this.scriptPool =
        pool(config, config.scriptHttp().maxConcurrent(), Math.min(keptMs, SCRIPT_IDLE_MS));
  }

  private static ConnectionPool pool(BridgeConfig config, int most, long keptMs) {
    return new ConnectionPool(
        config.httpPool().keepAlive() ? most : 0, keptMs, TimeUnit.MILLISECONDS);
  }

  /** How long a call of the bridge's own may take in all, if the service does not hold it. */
  static Duration callTimeout(BridgeConfig config) {
    return config.aiService().connectTimeout().plus(config.aiService().readTimeout());
  }

  /**
   * Clients by {@code config}, over the connections there are.
   *
   * @throws IOException if the TLS files cannot be used
   */
  ClientSettings settings(BridgeConfig config) throws IOException {
    Duration timeout = config.scriptHttp().timeout();
    OkHttpClient client =
        ofService(config, hosts, sockets).connectionPool(pool).eventListener(stats).build();
    return new ClientSettings(
        config,
        client,
        forScripts(client.newBuilder(), timeout),
        forScripts(stranger(config), timeout),
        base(config),
        ScriptAddress.hosts(config.scriptHttp().allowedHosts()));
  }

  /** Below which the bridge's own paths lie. */
  static HttpUrl base(BridgeConfig config) throws IOException {
    HttpUrl base = HttpUrl.parse(config.aiService().baseUrl().toString());
    if (base == null) {
      throw new IOException("[ai_service] base_url has no host that can be asked");
    }
    return base;
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
  private static OkHttpClient.Builder stranger(BridgeConfig config) {
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
   * A client that asks the service as the bridge does.
   *
   * @throws IOException if the TLS files cannot be used
   */
  static OkHttpClient.Builder ofService(BridgeConfig config, Dns names, WatchedSockets sockets)
      throws IOException {
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

  /** Tells {@link HttpStats} how many there are, for which it takes OkHttp's lock. */
  void count() {
    stats.pool(
        pool.connectionCount() + scriptPool.connectionCount(),
        pool.idleConnectionCount() + scriptPool.idleConnectionCount());
  }

  /** Closes the idle ones of {@code caller}: one was found to have gone. */
  void evict(ServiceRequest.Caller caller) {
    (caller == ServiceRequest.Caller.SCRIPT ? scriptPool : pool).evictAll();
  }

  void close() {
    pool.evictAll();
    scriptPool.evictAll();
  }
}
