package org.aibridge.torture;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.LongPredicate;

/**
 * A service that takes every batch after a delay, rejects single events by name, and remembers the
 * key under which each event came. Called by threads of connections.
 *
 * <p>An event that comes under two keys was in a batch that the bridge made anew, for example by
 * halving; a service that is well gives no reason for that.
 */
final class DispatchWatch implements Behaviour {
  private final LongPredicate bad;
  private final Map<Long, String> keyOf = new HashMap<>();
  private final TreeSet<Long> rekeyed = new TreeSet<>();
  private volatile int delayMs;

  /** Creates a watch that rejects the events whose numbers match {@code bad}. */
  DispatchWatch(LongPredicate bad) {
    this.bad = bad;
  }

  /** Delays each answer by {@code ms} milliseconds after the batch was committed. */
  void delay(int ms) {
    delayMs = ms;
  }

  /** Returns the numbers of the events that came under two different idempotency keys. */
  synchronized TreeSet<Long> rekeyed() {
    return new TreeSet<>(rekeyed);
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    StringJoiner rejected = new StringJoiner(",", "{\"ok\":true,\"rejected\":[", "]}");
    rejected.setEmptyValue("{\"ok\":true}");
    for (CommittedEvent event : exchange.events()) {
      note(event.number(), exchange.request().key());
      if (bad.test(event.number())) {
        rejected.add("{\"event_id\":\"%s\",\"error\":\"bad\"}".formatted(event.id()));
      }
    }
    exchange.commit();
    exchange.hold(delayMs);
    exchange.answer(200, rejected.toString());
  }

  private synchronized void note(long number, String key) {
    String before = keyOf.putIfAbsent(number, key);
    if (before != null && !before.equals(key)) {
      rekeyed.add(number);
    }
  }
}
