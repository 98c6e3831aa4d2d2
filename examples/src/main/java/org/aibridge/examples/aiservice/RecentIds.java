package org.aibridge.examples.aiservice;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/** The event ids seen last, so that a batch sent twice is not thought about twice. */
final class RecentIds {
  private final int capacity;
  private final Queue<String> order = new ArrayDeque<>();
  private final Set<String> ids = new HashSet<>();

  RecentIds(int capacity) {
    this.capacity = capacity;
  }

  /** Whether the id is new; an empty one always is. */
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
