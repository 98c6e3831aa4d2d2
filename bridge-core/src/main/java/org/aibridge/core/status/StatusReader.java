package org.aibridge.core.status;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.action.ActionService;
import org.aibridge.core.action.ActionStats;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.dispatch.DispatchStats;
import org.aibridge.core.dispatch.Dispatchers;
import org.aibridge.core.http.HttpStats;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.journal.JournalSync;
import org.aibridge.core.journal.Shares;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.core.script.ScriptHttpService;
import org.aibridge.core.script.ScriptStats;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.Standing;

/** Reads the status of the bridge from the stages' counters. Any thread; no locks. */
public final class StatusReader {
  /** The problem texts for failing polls or results while events still go out. */
  private static final Map<Service.Use, String> ASIDE =
      Map.of(
          Service.Use.POLLS, "actions cannot be fetched",
          Service.Use.RESULTS, "results of actions cannot be told");

  /** The text before the answer of a service that refuses results. */
  private static final String DEAF = "the AI service does not learn what became of its actions: ";

  /** What begins again within this time, in milliseconds, is the same trouble. */
  private static final long AGAIN_MS = 30_000;

  private final Supplier<BridgeConfig> config;
  private final EventSource source;
  private final Journal journal;
  private final JournalDuty journalDuty;
  private final JournalSync journalSync;
  private final Dispatchers dispatchers;
  private final ActionService actions;
  private final ScriptHttpService scripts;
  private final Service service;
  private final ServiceClient client;
  private final SinkReader main;

  /** The readers of the sinks that the routes name. */
  private final List<SinkReader> others;

  private final Shares shares;
  private final String ringCost;
  private final Standstills standstills;
  private final BridgeClock clock;

  /** The machine's clock, which the host's log and operators use, too. */
  private final LongSupplier wallMs;

  /** The stages that use the service, and the service. */
  public record Out(Dispatchers dispatchers, ActionService actions, Service service) {}

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

  private final long startedMs;
  private volatile Told told;

  /** The last state of the main sink alone, without regard to the other sinks. */
  private volatile BridgeState mainState = BridgeState.RUNNING;

  /** Creates a reader for the counters of these stages. */
  public StatusReader(
      Supplier<BridgeConfig> config,
      JournalStage stage,
      Out out,
      ScriptHttpService scripts,
      ServiceClient client,
      Standstills standstills,
      World world) {
    BridgeClock clock = world.clock();
    this.config = config;
    this.source = stage.source();
    this.journal = stage.journal();
    this.journalDuty = stage.duty();
    this.journalSync = stage.sync();
    this.ringCost = stage.ringCost();
    this.dispatchers = out.dispatchers;
    this.actions = out.actions;
    this.service = out.service;
    List<SinkReader> sinks =
        dispatchers.all().stream().map(route -> new SinkReader(route, client, clock)).toList();
    this.main = sinks.get(0);
    this.others = sinks.subList(1, sinks.size());
    this.shares = stage.shares();
    this.scripts = scripts;
    this.client = client;
    this.standstills = standstills;
    this.clock = clock;
    this.wallMs = world.wallMs();
    this.startedMs = wallMs.getAsLong();
    this.told =
        new Told(
            BridgeState.RUNNING,
            "",
            startedMs,
            clock.nanos(),
            BridgeStatus.Trouble.NONE,
            BridgeStatus.Trouble.NONE);
  }

  /** Returns the status; {@code closed} is true once closing has begun. */
  public BridgeStatus read(boolean closed) {
    // Reads the events first, so that a status that shows a pause also has its reason.
    BridgeStatus.Events events = events();
    Vitals vitals = vitals(closed, events);
    Diagnosis now = diagnosis(vitals, closed);
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
            dispatchers.sum().lastTakenMs(),
            standstills.lastOr(told.lastTrouble, wallMs.getAsLong())));
  }

  private Diagnosis diagnosis(Vitals vitals, boolean closed) {
    Told before = told;
    long nanos = clock.nanos();
    BridgeState alone = Diagnosis.of(vitals, boundMs()).state();
    boolean bad = alone == BridgeState.OUTAGE || alone == BridgeState.HELD;
    long badNanos = bad ? nanos : before.badNanos;
    long calmMs = (nanos - badNanos) / 1_000_000;
    Diagnosis now = Diagnosis.of(vitals, boundMs(), mainState, calmMs);
    mainState = now.state();
    for (int i = 0; i < others.size() && now.state() == BridgeState.RUNNING; i++) {
      now = Diagnosis.of(vitals(others.get(i), closed), boundMs()).of(others.get(i).name());
    }
    boolean same = now.state() == before.state;
    long nowMs = wallMs.getAsLong();
    BridgeStatus.Trouble last = before.lastTrouble;
    boolean again =
        last != BridgeStatus.Trouble.NONE
            && isWell(before.state)
            && !isWell(now.state())
            && nowMs - last.untilMs() < AGAIN_MS;
    told =
        new Told(
            now.state(),
            now.problem(),
            same ? before.sinceMs : again ? last.sinceMs() : nowMs - now.forMs(),
            badNanos,
            again
                ? last
                : isWell(before.state) || same
                    ? before.ongoing
                    : longer(before.ongoing, over(before, nowMs)),
            last);
    if (isWell(now.state()) && told.ongoing != BridgeStatus.Trouble.NONE) {
      told = told.well(nowMs);
    }
    return now;
  }

  /** Joins two successive states of one trouble; the longer one gives the state and problem. */
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
    boolean paused = events.paused() && (others.isEmpty() || main.isPaused());
    long waiting = events.waiting();
    for (SinkReader other : others) {
      waiting -= other.waiting();
    }
    String shortage = shortage(paused);
    Service.Use failing = failing();
    Standing aside = failing == null ? null : service.standing(failing);
    boolean yours = shortage.equals(actions.problem());
    return main.vitals(
        closed,
        Math.max(0, waiting),
        paused,
        new SinkReader.Beside(
            shortage,
            yours ? actions.operatorsTurn() : "",
            aside == null ? deafness() : ASIDE.get(failing) + ": " + aside.said(),
            aside == null ? Vitals.NOT_AGAIN : aside.waitMs(),
            aside == null ? 0 : aside.saidForMs()));
  }

  private Vitals vitals(SinkReader sink, boolean closed) {
    boolean paused = sink.isPaused();
    return sink.vitals(closed, sink.waiting(), paused, SinkReader.Beside.of(sink.shortage(shares)));
  }

  /**
   * Returns how each sink stands by its name, in the fields of the status; nothing where no route
   * leads to another than the main one.
   */
  public Map<String, Map<String, ?>> sinks() {
    Map<String, Map<String, ?>> rows = new LinkedHashMap<>();
    if (!others.isEmpty()) {
      Vitals vitals = vitals(false, events());
      rows.put(main.name(), main.row(Diagnosis.of(vitals, boundMs()), vitals, shares));
    }
    for (SinkReader other : others) {
      Vitals vitals = vitals(other, false);
      rows.put(other.name(), other.row(Diagnosis.of(vitals, boundMs()), vitals, shares));
    }
    return rows;
  }

  private String deafness() {
    String answer = actions.stats().deafness();
    return answer.isEmpty() ? "" : DEAF + answer;
  }

  /** Returns the use that fails, polls or results; null if neither fails. */
  private Service.Use failing() {
    return Stream.of(Service.Use.POLLS, Service.Use.RESULTS)
        .filter(use -> service.standing(use).failing())
        .findFirst()
        .orElse(null);
  }

  /** Returns why the bridge itself cannot do its work; empty if it can. */
  private String shortage(boolean paused) {
    return Stream.of(
            journalDuty.problem(),
            paused ? "" : dispatchers.main().dispatcher().stats().problem(),
            shares.problem(journal),
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
    DispatchStats stats = dispatchers.sum();
    long delivered = stats.delivered();
    long deadLettered = stats.deadLettered();
    long expired = stats.expired();
    Map<String, Long> filteredByType = stats.filteredByType();
    long filtered = filteredByType.values().stream().mapToLong(Long::longValue).sum();
    long synced = journalSync.synced();
    long moved = journal.ofAll(Journal::moved);
    long lostInRing = journal.lostInRing();
    long missing = journal.ofAll(Journal::missing) + lostInRing;
    long accepted = journalDuty.accepted();
    long recovered = journal.ofAll(Journal::recovered);
    long carriedOver =
        journal.ofAll(Journal::carriedOver) + recovered + journal.ofAll(Journal::replayed);
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
        Math.max(missing, Math.max(journal.ofAll(Journal::damaged), dispatchers.damagedRecords())),
        refusals.stream().mapToLong(BridgeStatus.Refusal::count).sum(),
        refusals,
        stats.batches(),
        stats.averageBatchSize(),
        stats.averageLatencyMs(),
        stats.unclear(),
        stats.resent(),
        dispatchers.isPaused());
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
