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
 * Makes and keeps connections, those of the bridge apart from those of scripts. Any thread.
 *
 * <p>Every call has a limit on its whole duration; OkHttp never sends a request a second time by
 * itself and follows no redirect; no proxy is used; the addresses of a host are tried one after the
 * other.
 */
final class Connections {
  /**
   * The longest time that an idle connection of scripts is kept, in milliseconds. Many hosts close
   * idle connections after five seconds, and a script's post that meets a closed one is not sent
   * again.
   */
  private static final long SCRIPT_IDLE_MS = 4_000;

  /** The most simultaneous calls for actions: one poll, four results. Excludes events. */
  static final int MAX_ACTION_CALLS = 5;

  private final KnownHosts hosts;
  private final HttpStats stats;
  private final Wire wire;
  private final ConnectionPool pool;
  private final ConnectionPool scriptPool;
  private final WatchedSockets sockets = new WatchedSockets();

  /** Creates the connection pools; a reload of {@code config} does not change their sizes. */
  Connections(BridgeConfig config, KnownHosts hosts, HttpStats stats, Wire wire) {
    this.hosts = hosts;
    this.stats = stats;
    this.wire = wire;
    long keptMs = config.httpPool().keepAliveTime().toMillis();
    this.pool = pool(config, config.httpPool().maxConnections() + MAX_ACTION_CALLS, keptMs);
    this.scriptPool =
        pool(config, config.scriptHttp().maxConcurrent(), Math.min(keptMs, SCRIPT_IDLE_MS));
  }

  private static ConnectionPool pool(BridgeConfig config, int most, long keptMs) {
    return new ConnectionPool(
        config.httpPool().keepAlive() ? most : 0, keptMs, TimeUnit.MILLISECONDS);
  }

  /** The time limit of the bridge's own calls, except polls that the service holds open. */
  static Duration callTimeout(BridgeConfig config) {
    return config.aiService().connectTimeout().plus(config.aiService().readTimeout());
  }

  /**
   * Returns clients made by {@code config}, which share the existing connection pools.
   *
   * @throws IOException if the TLS files cannot be used
   */
  ClientSettings settings(BridgeConfig config) throws IOException {
    Duration timeout = config.scriptHttp().timeout();
    OkHttpClient client =
        ofService(config, hosts, sockets).connectionPool(pool).eventListener(stats).build();
    return new ClientSettings(
        config,
        wire.client(client),
        forScripts(client.newBuilder(), timeout),
        forScripts(stranger(config), timeout),
        ScriptAddress.Places.of(base(config), config),
        new Compression(config.aiService().compression() == BridgeConfig.Compression.GZIP));
  }

  /** Returns {@code base_url}, the root of the bridge's own paths. */
  static HttpUrl base(BridgeConfig config) throws IOException {
    HttpUrl base = HttpUrl.parse(config.aiService().baseUrl().toString());
    if (base == null) {
      throw new IOException("[ai_service] base_url has no host that can be asked");
    }
    return base;
  }

  private OkHttpClient forScripts(OkHttpClient.Builder builder, Duration timeout) {
    return wire.client(
        builder
            .connectionPool(scriptPool)
            .eventListener(stats)
            .readTimeout(timeout)
            .callTimeout(timeout)
            .build());
  }

  /**
   * Returns a builder for other hosts, with a Dns object of its own: OkHttp reuses a connection
   * only for the same Dns object, so none outlives the rules that judged its address.
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
   * Returns a builder for a client that asks the service as the bridge does.
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
        // With HTTP/2, OkHttp reads on its own threads: if such a thread cannot start, it may stay
        // missing for ever.
        // With HTTP/2, OkHttp would also accept data that no call has requested.
        .protocols(List.of(Protocol.HTTP_1_1))
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        .addNetworkInterceptor(AnswerHead::take)
        .connectTimeout(service.connectTimeout())
        .readTimeout(service.readTimeout())
        // Sets no write timeout: at the call timeout the connection closes, which ends any write.
        // An additional write timeout would wake Okio's watchdog for each piece of a body.
        .writeTimeout(Duration.ZERO)
        .callTimeout(callTimeout(config));
  }

  /** Reports the number of connections to {@link HttpStats}; takes a lock of OkHttp. */
  void count() {
    stats.pool(
        pool.connectionCount() + scriptPool.connectionCount(),
        pool.idleConnectionCount() + scriptPool.idleConnectionCount());
  }

  /** Closes the idle connections of {@code caller}, because the service closed one of them. */
  void evict(ServiceRequest.Caller caller) {
    (caller == ServiceRequest.Caller.SCRIPT ? scriptPool : pool).evictAll();
  }

  void close() {
    pool.evictAll();
    scriptPool.evictAll();
  }
}
