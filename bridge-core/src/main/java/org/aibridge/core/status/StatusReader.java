package org.aibridge.core.status;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.aibridge.core.action.ActionService;
import org.aibridge.core.action.ActionStats;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.dispatch.DispatchStats;
import org.aibridge.core.dispatch.Dispatcher;
import org.aibridge.core.http.GateStatus;
import org.aibridge.core.http.HttpStats;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.journal.JournalSync;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.script.ScriptHttpService;
import org.aibridge.core.script.ScriptStats;

/** Reads the status of the bridge from the stages' counters. Any thread; no locks. */
public final class StatusReader {
  /** The text for each gate that may fail while events go out: polls and results. */
  private static final Map<String, String> ASIDE =
      Map.of(
          GateStatus.POLLS, "actions cannot be fetched",
          GateStatus.RESULTS, "results of actions cannot be told");

  /** The text before the answer of a service that refuses results. */
  private static final String DEAF = "the AI service does not learn what became of its actions: ";

  private final Supplier<BridgeConfig> config;
  private final EventSource source;
  private final Journal journal;
  private final JournalDuty journalDuty;
  private final JournalSync journalSync;
  private final Dispatcher dispatcher;
  private final ActionService actions;
  private final ScriptHttpService scripts;
  private final ServiceClient client;
  private final String ringCost;
  private final BridgeClock clock;

  /**
   * The state that was reported last, its problem and its beginning; the last time the vitals alone
   * meant an outage or a hold; the earlier states of the trouble that goes on; and the last trouble
   * that is over.
   */
  private record Told(
      BridgeState state,
      String problem,
      long sinceMs,
      long badNanos,
      BridgeStatus.Trouble ongoing,
      BridgeStatus.Trouble lastTrouble) {

    /** Returns a copy in which the current trouble ended at {@code nowMs}. */
    Told well(long nowMs) {
      BridgeStatus.Trouble over =
          new BridgeStatus.Trouble(ongoing.state(), ongoing.problem(), ongoing.sinceMs(), nowMs);
      return new Told(state, problem, sinceMs, badNanos, BridgeStatus.Trouble.NONE, over);
    }
  }

  /** The number of ended events, and the last time when it changed or no event waited. */
  private record Progress(long ended, long atNanos) {}

  private final long startedMs;
  private volatile Told told;
  private volatile Progress progress;

  /** Creates a reader for the counters of these stages. */
  public StatusReader(
      Supplier<BridgeConfig> config,
      JournalStage stage,
      Dispatcher dispatcher,
      ActionService actions,
      ScriptHttpService scripts,
      ServiceClient client,
      BridgeClock clock) {
    this.config = config;
    this.source = stage.source();
    this.journal = stage.journal();
    this.journalDuty = stage.duty();
    this.journalSync = stage.sync();
    this.ringCost = stage.ringCost();
    this.dispatcher = dispatcher;
    this.actions = actions;
    this.scripts = scripts;
    this.client = client;
    this.clock = clock;
    this.startedMs = clock.epochMs();
    this.told =
        new Told(
            BridgeState.RUNNING,
            "",
            startedMs,
            clock.nanos(),
            BridgeStatus.Trouble.NONE,
            BridgeStatus.Trouble.NONE);
    this.progress = new Progress(0, clock.nanos());
  }

  /** Returns the status; {@code closed} is true once closing has begun. */
  public BridgeStatus read(boolean closed) {
    // Read before the reasons: who sees that sending is paused will also find the reason.
    BridgeStatus.Events events = events();
    Vitals vitals = vitals(closed, events);
    Diagnosis now = diagnosis(vitals);
    return new BridgeStatus(
        now.state(),
        now.problem(),
        config.get().bridge().serverId(),
        http(),
        events,
        durability(events),
        actions(),
        scripts(),
        new BridgeStatus.Outlook(
            told.sinceMs,
            vitals.oldestMs(),
            vitals.said(),
            now.toDo(),
            now.next(),
            now.command(),
            startedMs,
            dispatcher.stats().lastTakenMs(),
            told.lastTrouble));
  }

  private Diagnosis diagnosis(Vitals vitals) {
    Told before = told;
    long nanos = clock.nanos();
    BridgeState alone = Diagnosis.of(vitals, boundMs()).state();
    boolean bad = alone == BridgeState.OUTAGE || alone == BridgeState.HELD;
    long badNanos = bad ? nanos : before.badNanos;
    long calmMs = (nanos - badNanos) / 1_000_000;
    Diagnosis now = Diagnosis.of(vitals, boundMs(), before.state, calmMs);
    boolean same = now.state() == before.state;
    long nowMs = clock.epochMs();
    told =
        new Told(
            now.state(),
            now.problem(),
            same ? before.sinceMs : nowMs - now.forMs(),
            badNanos,
            isWell(before.state) || same
                ? before.ongoing
                : longer(before.ongoing, over(before, nowMs)),
            before.lastTrouble);
    if (isWell(now.state()) && told.ongoing != BridgeStatus.Trouble.NONE) {
      told = told.well(nowMs);
    }
    return now;
  }

  /** Joins two successive states of one trouble; takes name and problem from the longer one. */
  private static BridgeStatus.Trouble longer(BridgeStatus.Trouble a, BridgeStatus.Trouble b) {
    if (a == BridgeStatus.Trouble.NONE) {
      return b;
    }
    boolean first = a.untilMs() - a.sinceMs() >= b.untilMs() - b.sinceMs();
    BridgeStatus.Trouble name = first ? a : b;
    return new BridgeStatus.Trouble(name.state(), name.problem(), a.sinceMs(), b.untilMs());
  }

  private static boolean isWell(BridgeState state) {
    return state == BridgeState.RUNNING || state == BridgeState.CLOSED;
  }

  private static BridgeStatus.Trouble over(Told told, long untilMs) {
    return new BridgeStatus.Trouble(
        told.state, Diagnosis.cause(told.problem), told.sinceMs, untilMs);
  }

  /**
   * Returns for how long events may stand unreported: events that wait until their batch is full do
   * not stand.
   */
  private long boundMs() {
    return Math.max(
        Diagnosis.BOUND_MS, 2 * config.get().eventDispatcher().batchInterval().toMillis());
  }

  private Vitals vitals(boolean closed, BridgeStatus.Events events) {
    DispatchStats stats = dispatcher.stats();
    long now = clock.nanos();
    // Limits both times below, since nothing could happen while the whole process stood still.
    long awakeMs = client.awakeMs();
    long idleMs = Math.min(awakeMs, stalledNanos(events, now) / 1_000_000);
    long standingMs = Math.max(idleMs, Math.min(awakeMs, stats.standingNanos(now) / 1_000_000));
    boolean paused = events.paused();
    long waiting = events.waiting();
    boolean told = !stats.said().isEmpty();
    String shortage = shortage(paused);
    GateStatus aside = failing();
    boolean yours = actions.isOperatorsTurn() && shortage.equals(actions.problem());
    return new Vitals(
        closed,
        shortage,
        yours ? "actions resume" : "",
        client.holdReason(),
        paused ? stats.problem() : "",
        stats.rejecting(),
        isOut(waiting, aside) ? client.breakerState() : GateState.CLOSED,
        client.probeMs(),
        client.retryAfterMs(),
        client.holdReason().isEmpty() ? stats.attemptNanos(now) / 1_000_000 : client.probeMs(),
        waiting,
        waiting == 0 ? 0 : Math.max(stats.oldestMs(clock.epochMs()), standingMs),
        standingMs,
        idleMs,
        stats.unansweredNanos(now) / 1_000_000,
        stats.failing(),
        told ? stats.said() : client.said(),
        told ? stats.answered() : client.answered(),
        aside == null ? deafness() : ASIDE.get(aside.name()) + ": " + aside.said(),
        aside == null ? Vitals.NOT_AGAIN : aside.waitMs(),
        aside == null ? 0 : aside.saidForMs());
  }

  private String deafness() {
    String answer = actions.stats().deafness();
    return answer.isEmpty() ? "" : DEAF + answer;
  }

  /**
   * True if the breaker of events means an outage. It means none while it waits half-open for more
   * events and none has failed, nor while no event waits and the service answers all other
   * requests.
   */
  private boolean isOut(long waiting, GateStatus aside) {
    return client.isFailing() && (waiting > 0 || aside != null);
  }

  /** Returns the failing gate, if it is that of polls or results; otherwise null. */
  private GateStatus failing() {
    return client.gates().stream()
        .filter(gate -> gate.failing() && ASIDE.containsKey(gate.name()))
        .findFirst()
        .orElse(null);
  }

  /**
   * Returns the time for which events have waited, wherever they are, without one having its end,
   * in nanoseconds.
   */
  private long stalledNanos(BridgeStatus.Events events, long now) {
    long ended = events.delivered() + events.deadLettered() + events.expired() + events.filtered();
    Progress before = progress;
    if (events.waiting() == 0 || ended != before.ended) {
      progress = new Progress(ended, now);
      return 0;
    }
    return now - before.atNanos;
  }

  /** Returns why the bridge itself cannot do its work; empty if it can. */
  private String shortage(boolean paused) {
    return Stream.of(
            journalDuty.problem(),
            paused ? "" : dispatcher.stats().problem(),
            journalSync.problem(),
            actions.problem(),
            client.problem())
        .filter(problem -> !problem.isEmpty())
        .findFirst()
        .orElse("");
  }

  private BridgeStatus.Http http() {
    HttpStats stats = client.stats();
    return new BridgeStatus.Http(
        stats.connections(),
        stats.idleConnections(),
        stats.requests(),
        stats.failedRequests(),
        stats.staleRequests(),
        stats.averageLatencyMs(),
        stats.reuseRate(),
        client.breakerState(),
        client.retryAfterMs(),
        gates());
  }

  private List<BridgeStatus.Gate> gates() {
    return client.gates().stream()
        .map(
            g ->
                new BridgeStatus.Gate(
                    g.name(), g.state(), g.waitMs(), g.said(), g.requests(), g.failed()))
        .toList();
  }

  /**
   * Reads the counters of ends before those of beginnings, so that no event is seen to have ended
   * before it was accepted.
   */
  private BridgeStatus.Events events() {
    DispatchStats stats = dispatcher.stats();
    long delivered = stats.delivered();
    long deadLettered = stats.deadLettered();
    long expired = stats.expired();
    Map<String, Long> filteredByType = stats.filteredByType();
    long filtered = filteredByType.values().stream().mapToLong(Long::longValue).sum();
    long synced = journalSync.synced();
    long moved = journal.moved();
    long lostInRing = journal.lostInRing();
    long missing = journal.missing() + lostInRing;
    long accepted = journalDuty.accepted();
    long recovered = journal.recovered();
    long carriedOver = journal.carriedOver() + recovered + journal.replayed();
    List<BridgeStatus.Refusal> refusals = source.refusals().list();
    return new BridgeStatus.Events(
        accepted,
        carriedOver,
        delivered,
        deadLettered,
        expired,
        filtered,
        filteredByType,
        accepted + carriedOver - delivered - deadLettered - expired - filtered - missing,
        accepted - (moved - recovered) - lostInRing,
        moved - recovered,
        synced == JournalSync.UNKNOWN ? JournalSync.UNKNOWN : Math.max(0, synced - recovered),
        Math.max(missing, Math.max(journal.damaged(), dispatcher.damagedRecords())),
        refusals.stream().mapToLong(BridgeStatus.Refusal::count).sum(),
        refusals,
        stats.batches(),
        stats.averageBatchSize(),
        stats.averageLatencyMs(),
        stats.unclear(),
        stats.resent(),
        stats.paused());
  }

  private BridgeStatus.Durability durability(BridgeStatus.Events events) {
    BridgeConfig.Journal settings = config.get().journal();
    return new BridgeStatus.Durability(
        settings.durability() == BridgeConfig.Durability.OS
            ? BridgeStatus.Durability.Mode.OS
            : BridgeStatus.Durability.Mode.PROCESS,
        settings.syncInterval().toMillis(),
        journalSync.lastAgeMs(),
        journalSync.lastMs(),
        journalSync.runningMs(),
        journalSync.failed(),
        osCrashCost(events),
        ringCost);
  }

  /**
   * Returns the number of events that a crash of the machine could lose. Before the first sync
   * nothing is known even of what earlier processes left.
   */
  private static long osCrashCost(BridgeStatus.Events events) {
    return events.synced() == JournalSync.UNKNOWN
        ? events.waiting()
        : Math.min(events.waiting(), events.accepted() - events.synced());
  }

  private BridgeStatus.Actions actions() {
    ActionStats stats = actions.stats();
    return new BridgeStatus.Actions(
        stats.polled(),
        stats.duplicates(),
        stats.applied(),
        stats.failed(),
        stats.refused(),
        stats.inDoubt(),
        actions.pending(),
        stats.unreported(),
        stats.averageExecutionMs(),
        stats.lastPollMs(),
        stats.held(),
        stats.mismatches(),
        stats.damaged());
  }

  private BridgeStatus.Scripts scripts() {
    ScriptStats stats = scripts.stats();
    return new BridgeStatus.Scripts(
        stats.requests(), stats.refused(), stats.failed(), stats.cached());
  }
}
