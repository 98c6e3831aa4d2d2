package org.aibridge.core;

import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.action.ActionService;
import org.aibridge.core.action.ActionStats;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.dispatch.DispatchStats;
import org.aibridge.core.dispatch.Dispatcher;
import org.aibridge.core.http.HttpStats;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.journal.JournalSync;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.script.ScriptHttpService;
import org.aibridge.core.script.ScriptStats;

/** Takes the picture of the bridge from the stages' counters. Any thread; no locks. */
final class StatusReader {
  private final Supplier<BridgeConfig> config;
  private final Intake intake;
  private final Journal journal;
  private final JournalDuty journalDuty;
  private final JournalSync journalSync;
  private final Dispatcher dispatcher;
  private final ActionService actions;
  private final ScriptHttpService scripts;
  private final ServiceClient client;
  private final BridgeClock clock;

  /** A state, and since when. */
  private record Since(BridgeState state, long sinceMs) {}

  private volatile Since since = new Since(null, 0);

  StatusReader(
      Supplier<BridgeConfig> config,
      Intake intake,
      Journal journal,
      JournalDuty journalDuty,
      JournalSync journalSync,
      Dispatcher dispatcher,
      ActionService actions,
      ScriptHttpService scripts,
      ServiceClient client,
      BridgeClock clock) {
    this.config = config;
    this.intake = intake;
    this.journal = journal;
    this.journalDuty = journalDuty;
    this.journalSync = journalSync;
    this.dispatcher = dispatcher;
    this.actions = actions;
    this.scripts = scripts;
    this.client = client;
    this.clock = clock;
  }

  BridgeStatus read(boolean closed) {
    // First, for a pause is seen here, and its reason below.
    BridgeStatus.Events events = events();
    String degraded = degraded();
    String held = client.holdReason();
    BridgeState state = state(closed, degraded, held);
    return new BridgeStatus(
        state,
        problem(state, degraded, held),
        config.get().bridge().serverId(),
        http(),
        events,
        durability(events),
        actions(),
        scripts(),
        outlook(state, events));
  }

  /** What is known of it so far; the keeper's look each second makes the time one of now. */
  private BridgeStatus.Outlook outlook(BridgeState state, BridgeStatus.Events events) {
    Since now = since;
    if (now.state != state) {
      now = new Since(state, clock.epochMs());
      since = now;
    }
    long orderedMs = client.retryAfterMs();
    return new BridgeStatus.Outlook(
        now.sinceMs,
        events.waiting() == 0 ? 0 : -1,
        "",
        orderedMs > 0 ? "the AI service is asked again in " + (orderedMs + 999) / 1000 + " s" : "",
        command(state, events.paused()));
  }

  private static String command(BridgeState state, boolean paused) {
    return switch (state) {
      case HELD -> "reload";
      case OUTAGE -> "retry";
      case DEGRADED -> paused ? "resume" : "";
      default -> "";
    };
  }

  /** What keeps the bridge itself from its work; empty when nothing does. */
  private String degraded() {
    return Stream.of(
            journalDuty.problem(),
            dispatcher.stats().problem(),
            journalSync.problem(),
            actions.problem(),
            client.problem())
        .filter(problem -> !problem.isEmpty())
        .findFirst()
        .orElse("");
  }

  private BridgeState state(boolean closed, String degraded, String held) {
    if (closed) {
      return BridgeState.CLOSED;
    }
    if (!degraded.isEmpty()) {
      return BridgeState.DEGRADED;
    }
    if (!held.isEmpty()) {
      return BridgeState.HELD;
    }
    return client.breakerState().equals("closed") ? BridgeState.RUNNING : BridgeState.OUTAGE;
  }

  private static String problem(BridgeState state, String degraded, String held) {
    return switch (state) {
      case DEGRADED -> degraded;
      case HELD -> held;
      case OUTAGE ->
          "the AI service does not answer; events wait on disk and go out when it is back";
      default -> "";
    };
  }

  private BridgeStatus.Http http() {
    HttpStats stats = client.stats();
    return new BridgeStatus.Http(
        stats.connections(),
        stats.idleConnections(),
        stats.requests(),
        stats.failedRequests(),
        stats.averageLatencyMs(),
        stats.reuseRate(),
        client.breakerState(),
        client.retryAfterMs());
  }

  /**
   * Reads the ends before the beginnings, so that no event is seen to have ended before it was
   * accepted.
   */
  private BridgeStatus.Events events() {
    DispatchStats stats = dispatcher.stats();
    long delivered = stats.delivered();
    long deadLettered = stats.deadLettered();
    long expired = stats.expired();
    long synced = journalSync.synced();
    long moved = journal.moved();
    long lostInRing = journal.lostInRing();
    long missing = journal.missing() + lostInRing;
    long accepted = intake.accepted();
    long recovered = journal.recovered();
    long carriedOver = journal.carriedOver() + recovered + journal.replayed();
    Map<String, Long> refusals = intake.refusals().byTypeAndReason();
    return new BridgeStatus.Events(
        accepted,
        carriedOver,
        delivered,
        deadLettered,
        expired,
        accepted + carriedOver - delivered - deadLettered - expired - missing,
        accepted - (moved - recovered) - lostInRing,
        moved - recovered,
        synced == JournalSync.UNKNOWN ? JournalSync.UNKNOWN : Math.max(0, synced - recovered),
        Math.max(missing, Math.max(journal.damaged(), dispatcher.damagedRecords())),
        refusals.values().stream().mapToLong(Long::longValue).sum(),
        refusals,
        stats.batches(),
        stats.averageBatchSize(),
        stats.averageLatencyMs(),
        stats.resent(),
        stats.paused());
  }

  private BridgeStatus.Durability durability(BridgeStatus.Events events) {
    BridgeConfig.Journal settings = config.get().journal();
    return new BridgeStatus.Durability(
        settings.durability().name().toLowerCase(Locale.ROOT),
        settings.syncInterval().toMillis(),
        journalSync.lastAgeMs(),
        journalSync.lastMs(),
        journalSync.runningMs(),
        journalSync.failed(),
        osCrashCost(events));
  }

  /** Before the first sync nothing is known of what earlier processes left either. */
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
