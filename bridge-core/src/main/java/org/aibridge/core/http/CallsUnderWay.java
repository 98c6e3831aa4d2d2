package org.aibridge.core.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;

/** The calls that have begun and not yet ended. Any thread; no waiting. */
final class CallsUnderWay {
  /** The time after a call's limit at which we end the call, if Okio has not ended it. */
  private static final long GRACE_NANOS = 5_000_000_000L;

  private final Map<Call, Exchange> calls = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Adds a call; after {@link #close} the call is given up at once. */
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

  /** Ends calls past their time limit, in case Okio's thread for this could not be started. */
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
