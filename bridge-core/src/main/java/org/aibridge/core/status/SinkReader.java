package org.aibridge.core.status;

import java.util.LinkedHashMap;
import java.util.Map;
import org.aibridge.api.status.GateState;
import org.aibridge.core.dispatch.DispatchStats;
import org.aibridge.core.dispatch.Dispatchers;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.journal.Shares;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.Standing;

/** Reads the state of one sink and its events. Any thread; no locks. */
final class SinkReader {
  /**
   * What else is wrong, beside what the sink does with its events.
   *
   * @param shortage as in {@link Vitals}, like the others
   */
  record Beside(String shortage, String turn, String aside, long asideMs, long asideForMs) {
    /** Returns a {@code Beside} that has only a shortage. */
    static Beside of(String shortage) {
      return new Beside(shortage, "", "", Vitals.NOT_AGAIN, 0);
    }
  }

  /** The number of ended events; {@code atNanos} is when it last changed or no event waited. */
  private record Progress(long ended, long atNanos) {}

  private final Dispatchers.Route route;
  private final ServiceClient process;
  private final BridgeClock clock;
  private volatile Progress progress;

  /**
   * @param process knows how long this process has not stood still
   */
  SinkReader(Dispatchers.Route route, ServiceClient process, BridgeClock clock) {
    this.route = route;
    this.process = process;
    this.clock = clock;
    this.progress = new Progress(0, clock.nanos());
  }

  /** Returns the number of events in the sink's journal that have not ended. */
  long waiting() {
    long ended = stats().ended();
    return Math.max(0, route.journal().events() - ended - route.journal().missing());
  }

  /**
   * Returns the vitals of the sink.
   *
   * @param waiting how many events wait for it
   * @param paused whether sending was paused when they were counted
   */
  Vitals vitals(boolean closed, long waiting, boolean paused, Beside beside) {
    DispatchStats stats = stats();
    long now = clock.nanos();
    // Limits both times below to the time awake: nothing happens while the process is stopped.
    long awakeMs = process.awakeMs();
    long idleMs = Math.min(awakeMs, stalledNanos(waiting, now) / 1_000_000);
    long standingMs = Math.max(idleMs, Math.min(awakeMs, stats.standingNanos(now) / 1_000_000));
    boolean told = !stats.said().isEmpty();
    Standing out = route.service().standing(Service.Use.EVENTS);
    boolean asideFails = beside.asideMs != Vitals.NOT_AGAIN;
    return new Vitals(
        closed,
        beside.shortage,
        beside.turn,
        out.held(),
        paused ? stats.problem() : "",
        stats.rejecting(),
        // The breaker shows an outage only if requests with events fail, and either events wait
        // or the service fails other requests too.
        out.failing() && (waiting > 0 || asideFails) ? out.breaker() : GateState.CLOSED,
        out.probeMs(),
        out.orderedMs(),
        out.held().isEmpty() ? stats.attemptNanos(now) / 1_000_000 : out.probeMs(),
        waiting,
        waiting == 0 ? 0 : Math.max(stats.oldestMs(clock.epochMs()), standingMs),
        standingMs,
        idleMs,
        stats.unansweredNanos(now) / 1_000_000,
        stats.failing(),
        told ? stats.said() : out.said(),
        told ? stats.answered() : out.answered(),
        beside.aside,
        beside.asideMs,
        beside.asideForMs);
  }

  /** Returns the bridge's own reason why events are refused or not sent; empty if there is none. */
  String shortage(Shares shares) {
    String full = shares.problem(route.journal());
    return !full.isEmpty() || stats().paused() ? full : stats().problem();
  }

  /** Returns the sink's row in the status. */
  Map<String, Object> row(Diagnosis diagnosis, Vitals vitals, Shares shares) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("state", diagnosis.state().wireName());
    row.put("problem", diagnosis.problem());
    row.put("waiting", vitals.waiting());
    row.put("oldest_ms", vitals.oldestMs());
    row.put("delivered", stats().delivered());
    row.put("dead_lettered", stats().deadLettered() + stats().expired());
    row.put("bytes", route.journal().bytes());
    row.put("share_bytes", shares.bytes());
    return row;
  }

  String name() {
    return route.sink();
  }

  boolean isPaused() {
    return stats().paused();
  }

  private DispatchStats stats() {
    return route.dispatcher().stats();
  }

  /**
   * Returns the time for which events have waited, wherever they are, without one having its end,
   * in nanoseconds.
   */
  private long stalledNanos(long waiting, long now) {
    long ended = stats().ended();
    Progress before = progress;
    if (waiting == 0 || ended != before.ended) {
      progress = new Progress(ended, now);
      return 0;
    }
    return now - before.atNanos;
  }
}
