package org.aibridge.benchmarks.peers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The design of the older bridge: an event object with its payload as JSON text goes into a deque
 * under a mutex, and a condition wakes the thread that gathers batches of fifty.
 */
final class OlderPeer implements Peer {
  private record Event(String type, int player, String map, long timestampMs, String payload) {}

  private static final int CAPACITY = 100_000;
  private static final int BATCH = 50;

  private final ReentrantLock mutex = new ReentrantLock();
  private final Condition waiting = mutex.newCondition();
  private final Deque<Event> queue = new ArrayDeque<>();
  private final Thread worker = new Thread(this::gather, "older worker");
  private boolean busy;
  private boolean over;
  private long dropped;

  OlderPeer() {
    worker.setDaemon(true);
    worker.start();
  }

  @Override
  public boolean offer(int player) {
    Event event =
        new Event(
            "monster_kill",
            player,
            Kill.MAP,
            System.currentTimeMillis(),
            "{\"monster_id\":" + Kill.monster(player) + "}");
    mutex.lock();
    try {
      if (queue.size() >= CAPACITY) {
        dropped++;
        return false;
      }
      queue.addLast(event);
      waiting.signal();
      return true;
    } finally {
      mutex.unlock();
    }
  }

  private void gather() {
    List<Event> batch = new ArrayList<>();
    while (take(batch)) {
      batch.clear();
    }
  }

  private boolean take(List<Event> batch) {
    mutex.lock();
    try {
      busy = false;
      while (queue.isEmpty() && !over) {
        waiting.awaitUninterruptibly();
      }
      while (batch.size() < BATCH && !queue.isEmpty()) {
        batch.add(queue.pollFirst());
      }
      busy = true;
      return !over;
    } finally {
      mutex.unlock();
    }
  }

  @Override
  public void drain() {
    while (isWaiting()) {
      Thread.yield();
    }
  }

  private boolean isWaiting() {
    mutex.lock();
    try {
      return busy || !queue.isEmpty();
    } finally {
      mutex.unlock();
    }
  }

  @Override
  public long lost() {
    mutex.lock();
    try {
      return dropped;
    } finally {
      mutex.unlock();
    }
  }

  @Override
  public void close() {
    mutex.lock();
    try {
      over = true;
      waiting.signalAll();
    } finally {
      mutex.unlock();
    }
    Drainer.join(worker);
  }
}
