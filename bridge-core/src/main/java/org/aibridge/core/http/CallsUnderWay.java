package org.aibridge.core.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;

/** The calls that have begun and not yet ended. Any thread; no waiting. */
final class CallsUnderWay {
  /** The bridge ends a call this long after its time limit, if Okio has not done so. */
  private static final long GRACE_NANOS = 5_000_000_000L;

  private final Map<Call, Exchange> calls = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Adds a call, and cancels it if {@link #close} was called before. */
  void begin(Call call, Exchange exchange) {
    calls.put(call, exchange);
    if (closed) {
      giveUp(call, exchange);
    }
  }

  void end(Call call) {
    calls.remove(call);
  }

  void giveUpAll() {
    calls.forEach(CallsUnderWay::giveUp);
  }

  /** Ends calls beyond their time limit, in case Okio has no thread to do so. */
  void endOverdue(long nowNanos, long stillNanos) {
    calls.forEach(
        (call, exchange) -> {
          if (exchange.isOverdue(nowNanos, stillNanos, GRACE_NANOS)) {
            exchange.overdue = true;
            call.cancel();
          }
        });
  }

  void close() {
    closed = true;
    giveUpAll();
  }

  boolean isClosed() {
    return closed;
  }

  private static void giveUp(Call call, Exchange exchange) {
    exchange.cancelled = true;
    call.cancel();
  }
}
