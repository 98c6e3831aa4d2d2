package org.aibridge.examples.aiservice;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/** The most recent event ids, by which a repeated batch is recognized. */
final class RecentIds {
  private final int capacity;
  private final Queue<String> order = new ArrayDeque<>();
  private final Set<String> ids = new HashSet<>();

  RecentIds(int capacity) {
    this.capacity = capacity;
  }

  /** Adds an id; true if it is new or empty. */
  boolean add(String id) {
    if (id.isEmpty()) {
      return true;
    }
    if (!ids.add(id)) {
      return false;
    }
    order.add(id);
    if (order.size() > capacity) {
      ids.remove(order.remove());
    }
    return true;
  }
}
