package org.aibridge.examples.mapserver;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;

/**
 * Publishes the world's events and keeps the world's own count of them.
 *
 * <p>Written by the game thread; others read once that thread has ended.
 */
public final class EventTally {
  private final AiBridge bridge;
  private final Map<String, long[]> accepted = new HashMap<>();
  private long refused;

  EventTally(AiBridge bridge) {
    this.bridge = bridge;
  }

  void publish(GameEvent event) {
    if (bridge.publish(event)) {
      accepted.computeIfAbsent(event.typeName(), name -> new long[1])[0]++;
    } else {
      refused++;
    }
  }

  /** Returns the number of accepted events by type. */
  public Map<String, Long> acceptedByType() {
    Map<String, Long> copy = new TreeMap<>();
    accepted.forEach((type, count) -> copy.put(type, count[0]));
    return copy;
  }

  /** Returns the number of events that the bridge refused. */
  public long refused() {
    return refused;
  }
}
