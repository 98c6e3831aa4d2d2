package org.aibridge.core.notify;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.deadletter.DeathStats;
import org.aibridge.core.status.Diagnosis;
import org.aibridge.core.text.Sentence;

/**
 * Decides what an operator is told: changes of the state, the first dead letter of a kind, actions
 * in doubt or waiting for a yes, and that all is well again.
 *
 * <p>A state is believed when it has lasted for {@value #BELIEVED_MS} ms, so a blip is not told,
 * and the first that is not well when nothing was well for so long. At most {@value #MOST_AN_HOUR}
 * messages are made in an hour. What was not told for that reason is told as soon as one may be
 * made, if it is still so, and the message says how many changes it left out. For one thread.
 */
final class Alarms {
  static final long BELIEVED_MS = 30_000;
  static final int MOST_AN_HOUR = 6;

  private static final String RUNNING = BridgeState.RUNNING.wireName();
  private static final long HOUR_MS = 3_600_000;

  /** In this time after the start, in ms, the bridge is well only if the service has answered. */
  private static final long START_MS = 60_000;

  private static final int MOST_KINDS_NAMED = 3;

  private final AlarmMemory memory;
  private final long startNanos;

  /** The state at the last look; {@link #seenNanos} is when it began. */
  private BridgeState seen;

  private long seenNanos;

  /**
   * Whether something was wrong at the last look, whatever it was, and since when it has been so.
   */
  private boolean seenIll;

  private long illNanos;

  /** The trouble's cause at the last look, or empty; {@link #causeNanos} is when it began. */
  private String seenCause = "";

  private long causeNanos;

  /** The last state that lasted long enough to be believed. */
  private String believed;

  /** Creates the alarms of a bridge that has already reported what {@code memory} holds. */
  Alarms(AlarmMemory memory, long startNanos) {
    this.memory = memory;
    this.startNanos = startNanos;
    this.believed = memory.state;
  }

  /** Returns the alarm to send now; empty if there is none. Called once a second. */
  Optional<Alarm> next(
      BridgeStatus status, List<DeathStats.Kind> kinds, long nowNanos, long nowMs) {
    believe(status, nowNanos);
    memory.held = status.actions().held() == 0 ? 0 : memory.held;
    memory.inDoubt = Math.min(memory.inDoubt, status.actions().inDoubt());
    while (!memory.sentMs.isEmpty() && !isRecent(memory.sentMs.peek(), nowMs)) {
      memory.sentMs.remove();
    }
    if (memory.sentMs.size() >= MOST_AN_HOUR) {
      return Optional.empty();
    }
    Optional<Alarm> news =
        ofState(status, nowNanos, nowMs)
            .or(() -> ofDeadLetters(status, kinds, nowMs))
            .or(() -> ofDoubts(status, nowMs))
            .or(() -> ofApprovals(status, nowMs));
    if (news.isPresent()) {
      memory.sentMs.add(nowMs);
      memory.leftOut = 0;
    }
    return news;
  }

  /**
   * True if {@code atMs} lies within the last hour; a clock that was set back makes none recent.
   */
  private static boolean isRecent(long atMs, long nowMs) {
    return atMs <= nowMs && nowMs - atMs < HOUR_MS;
  }

  private void believe(BridgeStatus status, long nowNanos) {
    BridgeState state = status.state();
    if (state != seen) {
      seen = state;
      seenNanos = nowNanos;
    }
    if (isIll(state) != seenIll) {
      seenIll = isIll(state);
      illNanos = nowNanos;
    }
    String cause = state == BridgeState.RUNNING ? "" : Diagnosis.cause(status.problem());
    if (!cause.equals(seenCause)) {
      seenCause = cause;
      causeNanos = nowNanos;
    }
    // Counts short, alternating troubles as one, since the bridge is not well meanwhile.
    boolean begins = seenIll && believed.equals(RUNNING) && lasts(illNanos, nowNanos);
    if (!begins && !lasts(seenNanos, nowNanos)
        || !isTold(state)
        || state == BridgeState.RUNNING && isTooEarly(status, nowNanos)) {
      return;
    }
    if (!state.wireName().equals(believed)) {
      boolean untold = !believed.equals(memory.state);
      believed = state.wireName();
      // Counts the earlier change as left out, and this change too if it restores the state.
      memory.leftOut += !untold ? 0 : believed.equals(memory.state) ? 2 : 1;
    }
  }

  private static boolean isIll(BridgeState state) {
    return isTold(state) && state != BridgeState.RUNNING;
  }

  private static boolean lasts(long sinceNanos, long nowNanos) {
    return (nowNanos - sinceNanos) / 1_000_000 >= BELIEVED_MS;
  }

  /** True if the state is still the reported one but has had another cause for some time. */
  private boolean isOtherTrouble(long nowNanos) {
    return believed.equals(memory.state)
        && !memory.cause.isEmpty()
        && !seenCause.isEmpty()
        && !seenCause.equals(memory.cause)
        && lasts(causeNanos, nowNanos);
  }

  private static boolean isTold(BridgeState state) {
    return switch (state) {
      case RUNNING, OUTAGE, HELD, DEGRADED -> true;
      case OFF, STARTING, CLOSED -> false;
    };
  }

  /** True if it is too early to call the bridge well, because the service has not answered yet. */
  private boolean isTooEarly(BridgeStatus status, long nowNanos) {
    boolean met = status.outlook().lastTakenMs() > 0 || status.actions().lastPollMs() > 0;
    return !met && (nowNanos - startNanos) / 1_000_000 < START_MS;
  }

  private Optional<Alarm> ofState(BridgeStatus status, long nowNanos, long nowMs) {
    boolean same = believed.equals(memory.state) && !isOtherTrouble(nowNanos);
    if (same || !status.state().wireName().equals(believed)) {
      return Optional.empty();
    }
    boolean well = status.state() == BridgeState.RUNNING;
    String text = well ? over(status, nowMs) : status.problem();
    long sinceMs = well ? beginMs(status) : status.outlook().sinceMs();
    if (!well && memory.state.equals(RUNNING)) {
      memory.sinceMs = status.outlook().sinceMs();
    }
    memory.state = believed;
    memory.cause = well ? "" : Diagnosis.cause(status.problem());
    return Optional.of(
        new Alarm(
            status.serverId(),
            well ? "recovered" : believed,
            text,
            status.outlook().toDo(),
            sinceMs,
            nowMs,
            memory.leftOut));
  }

  private String over(BridgeStatus status, long nowMs) {
    BridgeStatus.Trouble last = status.outlook().lastTrouble();
    long untilMs = last.untilMs() == 0 ? nowMs : last.untilMs();
    return Diagnosis.over(beginMs(status), untilMs, memory.cause)
        + Sentence.of("%,d events wait", status.events().waiting());
  }

  /** Returns when the trouble began that is over, which may have been before a restart. */
  private long beginMs(BridgeStatus status) {
    BridgeStatus.Trouble last = status.outlook().lastTrouble();
    boolean ofThisLife = memory.sinceMs >= status.outlook().startedMs();
    return last.untilMs() > 0 && ofThisLife ? last.sinceMs() : memory.sinceMs;
  }

  private Optional<Alarm> ofDeadLetters(
      BridgeStatus status, List<DeathStats.Kind> kinds, long nowMs) {
    List<DeathStats.Kind> fresh =
        kinds.stream().filter(kind -> !memory.kinds.contains(kind.fingerprint())).toList();
    if (fresh.isEmpty()) {
      return Optional.empty();
    }
    fresh.forEach(kind -> memory.addKind(kind.fingerprint()));
    String named =
        fresh.stream()
            .limit(MOST_KINDS_NAMED)
            .map(kind -> (kind.fingerprint() + " " + kind.what()).strip())
            .collect(Collectors.joining("; "));
    int more = fresh.size() - MOST_KINDS_NAMED;
    return alarm(
        status,
        "dead_letter",
        "events become dead letters: " + named + (more > 0 ? "; and " + more + " more kinds" : ""),
        fresh.get(0).fingerprint().isEmpty()
            ? "you: 'ai-bridge dlq stats'"
            : Sentence.of("you: 'ai-bridge dlq list --fingerprint %s'", fresh.get(0).fingerprint()),
        nowMs);
  }

  private Optional<Alarm> ofDoubts(BridgeStatus status, long nowMs) {
    long doubts = status.actions().inDoubt();
    if (doubts <= memory.inDoubt) {
      return Optional.empty();
    }
    memory.inDoubt = doubts;
    return alarm(
        status,
        "in_doubt",
        Sentence.of("nobody knows whether %,d actions were applied", doubts),
        "you: 'ai-bridge actions in-doubt'",
        nowMs);
  }

  private Optional<Alarm> ofApprovals(BridgeStatus status, long nowMs) {
    long held = status.actions().held();
    if (held == 0 || memory.held > 0) {
      return Optional.empty();
    }
    memory.held = held;
    return alarm(
        status,
        "approval",
        Sentence.of("%,d actions wait for your yes", held),
        "you: 'ai-bridge actions pending'",
        nowMs);
  }

  private Optional<Alarm> alarm(
      BridgeStatus status, String what, String text, String toDo, long nowMs) {
    return Optional.of(new Alarm(status.serverId(), what, text, toDo, 0, nowMs, memory.leftOut));
  }
}
