package org.aibridge.fakeservice;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The actions without a result, offered again and again until they have one.
 *
 * <p>The one offered longest ago comes first, so a short limit starves none. Safe for all threads;
 * only {@link #poll} waits. A poll that may wait is held while there is nothing it has not heard
 * of: a new action lets it go at once, actions already offered let it go when {@link #REOFFER_MS}
 * have passed since. It then gets them all, those being worked on too.
 */
public final class OpenActions {
  /** The most polls that are held at the same time; any further poll is answered at once. */
  public static final int MAX_PARKED = 4;

  /** An action is not offered again to a waiting poll for this time, in milliseconds. */
  static final long REOFFER_MS = 200;

  private final Map<String, Open> open = new LinkedHashMap<>();
  private int unseen;
  private int parked;
  private boolean closed;

  public synchronized void add(String id, String json) {
    open.put(id, new Open(json));
    unseen++;
    notifyAll();
  }

  public synchronized void remove(String id) {
    Open gone = open.remove(id);
    if (gone != null && !gone.offered) {
      unseen--;
    }
  }

  public synchronized int size() {
    return open.size();
  }

  /** Returns the JSON of up to {@code limit} actions; waits up to {@code waitMs} milliseconds. */
  public synchronized List<String> poll(int limit, long waitMs) {
    if (parked < MAX_PARKED) {
      parked++;
      try {
        park(System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(waitMs));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        parked--;
      }
    }
    return offer(limit);
  }

  private void park(long startNanos, long waitNanos) throws InterruptedException {
    while (!closed && unseen == 0) {
      long now = System.nanoTime();
      long rest = Math.min(waitNanos - (now - startNanos), untilReoffer(now));
      if (rest <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, rest);
    }
  }

  /** Returns the nanoseconds until an action is offered again. All must have been offered. */
  private long untilReoffer(long now) {
    if (open.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long sinceOffer = now - open.values().iterator().next().offeredNanos;
    return TimeUnit.MILLISECONDS.toNanos(REOFFER_MS) - sinceOffer;
  }

  private List<String> offer(int limit) {
    Map<String, Open> offered = new LinkedHashMap<>();
    List<String> answer = new ArrayList<>();
    Iterator<Map.Entry<String, Open>> entries = open.entrySet().iterator();
    while (entries.hasNext() && offered.size() < limit) {
      Map.Entry<String, Open> entry = entries.next();
      offered.put(entry.getKey(), entry.getValue());
      answer.add(entry.getValue().json);
      entries.remove();
    }
    offered.values().forEach(this::markOffered);
    open.putAll(offered);
    return answer;
  }

  private void markOffered(Open one) {
    unseen -= one.offered ? 0 : 1;
    one.offered = true;
    one.offeredNanos = System.nanoTime();
  }

  /** Answers all held polls; later polls are not held. */
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** An action without a result. Guarded by the owner's lock. */
  private static final class Open {
    final String json;
    boolean offered;
    long offeredNanos;

    Open(String json) {
      this.json = json;
    }
  }
}
