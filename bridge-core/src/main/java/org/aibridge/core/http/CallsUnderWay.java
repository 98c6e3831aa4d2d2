package org.aibridge.core.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;

/** The calls that have begun and not yet ended. Any thread; no waiting. */
final class CallsUnderWay {
  /** We end a call this long after its limit if Okio has not ended it. */
  private static final long GRACE_NANOS = 5_000_000_000L;

  private final Map<Call, Exchange> calls = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Adds a call; cancels it at once after {@link #close}. */
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

  /** Ends calls beyond their time limit, in case Okio's own thread for this could not start. */
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
