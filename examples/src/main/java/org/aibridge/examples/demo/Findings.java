package org.aibridge.examples.demo;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.AppliedLog;
import org.aibridge.examples.mapserver.ScriptedNpcs;
import org.aibridge.examples.mapserver.TickTimes;

/**
 * What three witnesses saw of a run: the bridge, the world, and the AI service.
 *
 * @param status the bridge's last picture, when no more events came
 * @param acceptedByType what the world published
 * @param refusedByWorld what the world could not publish
 * @param handled the actions that the world's handlers saw, by id
 * @param logs what the AI service wrote down; empty when that is out of our reach
 * @param talks what became of the talks with NPCs
 * @param outage how the outage went; empty when there was none
 * @param ticks how long the ticks took
 */
record Findings(
    DemoOptions options,
    BridgeStatus status,
    Map<String, Long> acceptedByType,
    long refusedByWorld,
    Map<String, AppliedLog.Entry> handled,
    Optional<ServiceLogs> logs,
    ScriptedNpcs.Talks talks,
    Optional<Outage.Report> outage,
    TickTimes.Report ticks) {

  static final String ABSURD = "absurd-";

  long published() {
    return acceptedByType.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The ids of the actions that changed the world. */
  Set<String> applied() {
    Set<String> applied = new TreeSet<>();
    handled.forEach(
        (id, entry) -> {
          if (entry.applied()) {
            applied.add(id);
          }
        });
    return applied;
  }

  /** The number of actions that a handler saw but did not apply. */
  long failed() {
    return handled.size() - applied().size();
  }

  /** The number of decisions without a result at the AI service, if it can be known. */
  long open() {
    BridgeStatus.Actions actions = status.actions();
    return logs.map(ServiceLogs::unanswered)
        .orElse(actions.pending() + actions.held() + actions.unreported());
  }

  /** The number of actions that have a result but never reached a handler. */
  long refused() {
    return logs.map(this::refusedOf).orElse(status.actions().refused());
  }

  private long refusedOf(ServiceLogs own) {
    return own.results().keySet().stream().filter(id -> !handled.containsKey(id)).count();
  }
}
