package org.aibridge.testdouble;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeStatus;
import org.jspecify.annotations.Nullable;

/** Keeps the events that a bridge would accept, and counts those that it would refuse. */
final class RecordedEvents {
  /** The events that a test wants refused, and the reason for which they are refused. */
  private record Choice(RefusalReason reason, Predicate<? super GameEvent> which) {}

  private final List<GameEvent> published = new ArrayList<>();

  /** The refusals, each by the name of its reason. */
  private final Map<String, BridgeStatus.Refusal> refusals = new TreeMap<>();

  private volatile @Nullable Choice choice;
  private long delivered;

  /**
   * Takes an event, or refuses it.
   *
   * @param shut why all events are refused now; null while they are not
   * @param reachable whether the AI service takes the event at once
   */
  boolean publish(@Nullable GameEvent event, @Nullable RefusalReason shut, boolean reachable) {
    RefusalReason reason = shut != null ? shut : EventRules.refusal(event);
    Choice chosen = choice;
    if (reason == null && chosen != null && chosen.which.test(event)) {
      reason = chosen.reason;
    }
    synchronized (this) {
      if (reason != null) {
        count(event, reason);
        return false;
      }
      published.add(event);
      if (reachable) {
        delivered = published.size();
      }
      return true;
    }
  }

  private void count(@Nullable GameEvent event, RefusalReason reason) {
    String type =
        event == null
            ? "null"
            : event.type() == EventType.CUSTOM ? "custom" : event.type().wireName();
    BridgeStatus.Refusal one = new BridgeStatus.Refusal(type, reason, 1);
    refusals.merge(
        one.name(),
        one,
        (old, more) -> new BridgeStatus.Refusal(type, reason, old.count() + more.count()));
  }

  void refuse(RefusalReason reason, Predicate<? super GameEvent> which) {
    Objects.requireNonNull(reason, "reason");
    choice = new Choice(reason, Objects.requireNonNull(which, "which"));
  }

  synchronized void deliverAll() {
    delivered = published.size();
  }

  synchronized List<GameEvent> published() {
    return List.copyOf(published);
  }

  synchronized BridgeStatus.Events counts() {
    long accepted = published.size();
    long refused = refusals.values().stream().mapToLong(BridgeStatus.Refusal::count).sum();
    return new BridgeStatus.Events(
        accepted,
        0,
        delivered,
        0,
        0,
        0,
        Map.of(),
        accepted - delivered,
        0,
        accepted,
        -1,
        0,
        refused,
        List.copyOf(refusals.values()),
        0,
        0,
        0,
        0,
        0,
        false);
  }
}
