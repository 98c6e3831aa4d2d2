package org.aibridge.core.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;

/** The calls that have begun and not ended. Any thread; no waiting. */
final class CallsUnderWay {
  /** So much later than its own time a call is ended by us, if Okio's watchdog has not done it. */
  private static final long GRACE_NANOS = 5_000_000_000L;

  private final Map<Call, Exchange> calls = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** After {@link #close} it is given up at once. */
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

  /** Ends those that have run out of their time; Okio's thread that does so may not be there. */
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
