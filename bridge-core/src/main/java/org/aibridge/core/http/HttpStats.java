package org.aibridge.core.http;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.concurrent.atomic.LongAdder;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Response;

/** Counts requests and connections. Reading takes no lock. */
public final class HttpStats extends EventListener {
  private final LongAdder requests = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder latencyNanos = new LongAdder();
  private final LongAdder connects = new LongAdder();
  private final LongAdder acquired = new LongAdder();
  private volatile int connections;
  private volatile int idle;

  @Override
  public void connectStart(Call call, InetSocketAddress inetSocketAddress, Proxy proxy) {
    connects.increment();
    Exchange.of(call.request()).connected = true;
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    acquired.increment();
    Exchange exchange = Exchange.of(call.request());
    exchange.reused = !exchange.connected;
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    Exchange exchange = Exchange.of(call.request());
    exchange.head = response;
    exchange.status = response.code();
  }

  /**
   * Counts a request.
   *
   * @param held true if the service may hold the request on purpose, so that its latency says
   *     nothing
   */
  void count(Answer answer, boolean held) {
    requests.increment();
    switch (answer.kind()) {
      case FAILED, NO_ANSWER, LOCAL_FAILURE -> failed.increment();
      default -> {
        if (!held) {
          answered.increment();
          latencyNanos.add(answer.latencyNanos());
        }
      }
    }
  }

  /** Counts a request on an idle connection that the other end had closed. */
  void countStale() {
    requests.increment();
    stale.increment();
  }

  void pool(int connectionCount, int idleCount) {
    connections = connectionCount;
    idle = idleCount;
  }

  public int connections() {
    return connections;
  }

  public int idleConnections() {
    return idle;
  }

  public long requests() {
    return requests.sum();
  }

  public long failedRequests() {
    return failed.sum();
  }

  public long staleRequests() {
    return stale.sum();
  }

  /**
   * The mean time to an answer, in milliseconds; polls, which the service may keep open, do not
   * count.
   */
  public double averageLatencyMs() {
    long count = answered.sum();
    return count == 0 ? 0 : latencyNanos.sum() / 1e6 / count;
  }

  /** The percentage of requests that needed no new connection. */
  public double reuseRate() {
    long count = acquired.sum();
    return count == 0 ? 0 : Math.max(0, 100.0 * (count - connects.sum()) / count);
  }
}
