package org.aibridge.api.status;

import java.util.List;
import java.util.Map;

/**
 * One picture of the bridge at one moment.
 *
 * <p>Counters run since the start of this process. At every moment, to the event: {@code accepted +
 * carriedOver = delivered + deadLettered + expired + waiting}.
 *
 * @param state what the bridge as a whole is doing
 * @param problem what is wrong and what to do about it; empty when nothing is
 * @param serverId the configured {@code server_id}
 * @param http the connection to the AI service
 * @param events what became of the events
 * @param durability what a crash of the machine would cost now
 * @param actions what became of the AI service's decisions
 * @param scripts what NPC scripts asked for
 * @param outlook since when it is so, what happens next, and what helps
 */
public record BridgeStatus(
    BridgeState state,
    String problem,
    String serverId,
    Http http,
    Events events,
    Durability durability,
    Actions actions,
    Scripts scripts,
    Outlook outlook) {

  /** With nothing known of what comes next. */
  public BridgeStatus(
      BridgeState state,
      String problem,
      String serverId,
      Http http,
      Events events,
      Durability durability,
      Actions actions,
      Scripts scripts) {
    this(state, problem, serverId, http, events, durability, actions, scripts, Outlook.NONE);
  }

  /** Whether the bridge takes part in the world at all. */
  public boolean initialized() {
    return state != BridgeState.OFF && state != BridgeState.CLOSED;
  }

  /**
   * What somebody wants to know beside the problem.
   *
   * @param sinceMs since when the state is what it is, in milliseconds since the epoch; where
   *     events stand, since the last one was taken that this concerns; 0 when that is not known
   * @param oldestMs the age of the oldest event that waits, in milliseconds; 0 when none does, -1
   *     when that is not known
   * @param said what the AI service last said instead of what it was asked for; empty when it said
   *     nothing, or all is well
   * @param toDo who must act, and how, such as {@code you: free room on that disk}; empty when
   *     nothing is wrong
   * @param next what happens next by itself, and when; empty when nothing is wrong, or nobody knows
   * @param command the command of {@code ai-bridge} that helps; empty for none
   * @param startedMs when this bridge was started, in milliseconds since the epoch; 0 for never
   * @param lastTakenMs when the AI service last acknowledged an event, in milliseconds since the
   *     epoch; 0 for never since the start
   * @param lastTrouble the last state that was not well and is over
   */
  public record Outlook(
      long sinceMs,
      long oldestMs,
      String said,
      String toDo,
      String next,
      String command,
      long startedMs,
      long lastTakenMs,
      Trouble lastTrouble) {
    /** When nothing is known. */
    public static final Outlook NONE = new Outlook(0, -1, "", "", "", "", 0, 0, Trouble.NONE);
  }

  /**
   * A trouble that is over.
   *
   * @param state what the state was; {@link BridgeState#RUNNING} when there was none since the
   *     start
   * @param problem what was wrong when it ended; empty when there was none
   * @param sinceMs when it began, in milliseconds since the epoch
   * @param untilMs when it was over, likewise
   */
  public record Trouble(BridgeState state, String problem, long sinceMs, long untilMs) {
    /** There was none since the start. */
    public static final Trouble NONE = new Trouble(BridgeState.RUNNING, "", 0, 0);
  }

  /**
   * The connection to the AI service.
   *
   * @param connections open connections
   * @param idleConnections of those, the ones without a request
   * @param requests requests sent, each attempt counted
   * @param failedRequests of those, the ones that got no answer or a 5xx
   * @param averageLatencyMs the mean time to an answer, in milliseconds
   * @param reuseRate the share of requests that went over a connection already open, in percent
   * @param breaker the breaker of events: {@code closed}, {@code open}, {@code half_open}
   * @param retryAfterMs how long the service told us to stay away from now, in milliseconds; 0 when
   *     it did not
   * @param gates each caller's; that of events is the first
   */
  public record Http(
      int connections,
      int idleConnections,
      long requests,
      long failedRequests,
      double averageLatencyMs,
      double reuseRate,
      String breaker,
      long retryAfterMs,
      List<Gate> gates) {
    /** With all closed. */
    public Http(
        int connections,
        int idleConnections,
        long requests,
        long failedRequests,
        double averageLatencyMs,
        double reuseRate,
        String breaker,
        long retryAfterMs) {
      this(
          connections,
          idleConnections,
          requests,
          failedRequests,
          averageLatencyMs,
          reuseRate,
          breaker,
          retryAfterMs,
          Gate.CLOSED);
    }
  }

  /**
   * Whether one caller may ask now; each has a breaker of its own.
   *
   * @param name {@code events}, {@code polls}, {@code results}, {@code scripts}, or the {@code
   *     host:port} that scripts may ask and cannot now
   * @param state {@code closed}, {@code open}, {@code half_open}, or {@code held} when the service
   *     redirects
   * @param waitMs until a request is let through, in milliseconds; 0 when one is
   * @param said what last came instead of what was asked for; empty when all is well
   * @param requests requests of this caller's, each attempt counted, that were not given up here
   * @param failed of those, the ones that were not answered as they asked
   */
  public record Gate(
      String name, String state, long waitMs, String said, long requests, long failed) {
    /** Those there always are, with nothing wrong. */
    public static final List<Gate> CLOSED =
        List.of(closed("events"), closed("polls"), closed("results"), closed("scripts"));

    private static Gate closed(String name) {
      return new Gate(name, "closed", 0, "", 0, 0);
    }
  }

  /**
   * What became of the events.
   *
   * @param accepted events that {@code publish} took
   * @param carriedOver events that were waiting when this process started
   * @param delivered events that the AI service acknowledged
   * @param deadLettered events that became dead letters for another reason than age
   * @param expired events that became dead letters because they were older than {@code event_ttl}
   * @param waiting events accepted or carried over, and none of the three above
   * @param inRing of those waiting, the ones not yet in the journal
   * @param journaled of {@code accepted}, the events that reached the journal, which the death of
   *     the process cannot take away; those in the ring survive that too
   * @param synced of {@code journaled}, the events that a crash of the machine cannot take away
   *     either; -1 when that is not known, which is always so with {@code durability = process}:
   *     when the kernel writes what it has is its own affair
   * @param damaged records of the journal that could not be read; each may have held many events
   * @param refused events refused by {@code publish}, all reasons together
   * @param refusals the same by {@code type/reason}, such as {@code player_login/ring_full}
   * @param batches batches acknowledged
   * @param averageBatchSize the mean number of events in those
   * @param averageDispatchLatencyMs the mean time a batch took to be acknowledged, in milliseconds
   * @param resent events that were sent again because an earlier attempt had no clear answer
   * @param paused whether nothing is sent because the service refuses most events for one reason;
   *     {@code problem} says which, and nothing is lost
   */
  public record Events(
      long accepted,
      long carriedOver,
      long delivered,
      long deadLettered,
      long expired,
      long waiting,
      long inRing,
      long journaled,
      long synced,
      long damaged,
      long refused,
      Map<String, Long> refusals,
      long batches,
      double averageBatchSize,
      double averageDispatchLatencyMs,
      long resent,
      boolean paused) {}

  /**
   * What a crash of the machine, such as a power cut, would cost now. The death of the process
   * costs nothing, whatever stands here.
   *
   * @param mode {@code process} or {@code os}, as configured; empty when the bridge is off
   * @param syncIntervalMs the configured {@code sync_interval}, in milliseconds; of use with {@code
   *     os} alone
   * @param lastSyncAgeMs how long ago the last sync ended well, in milliseconds; -1 for never
   * @param lastSyncMs how long that one took, in milliseconds; -1 for never
   * @param syncRunningMs for how long the sync under way has been running, in milliseconds; 0 when
   *     there is none
   * @param failedSyncs syncs of the journal that the disk has refused
   * @param osCrashCost events that a crash of the machine could lose now, at most; with {@code
   *     process} all that wait, because nothing is known of what the kernel has written
   * @param ringCost why what is published may wait for a disk, a sentence; empty when it does not
   */
  public record Durability(
      String mode,
      long syncIntervalMs,
      long lastSyncAgeMs,
      double lastSyncMs,
      long syncRunningMs,
      long failedSyncs,
      long osCrashCost,
      String ringCost) {
    /** Of a bridge that is off. */
    public static final Durability NONE = new Durability("", 0, -1, -1, 0, 0, 0, "");
  }

  /**
   * What became of the AI service's decisions.
   *
   * @param polled actions the service offered, each offer counted
   * @param duplicates offers of an action already known
   * @param applied actions whose handler said they are done
   * @param failed actions that a handler failed, or that took longer than {@code action_timeout}
   * @param refused actions that never reached a handler
   * @param inDoubt actions an earlier process may or may not have applied, and of which the
   *     operator has not said how they ended
   * @param pending actions that wait for their tick, or are in flight
   * @param unreported results the service has not acknowledged yet
   * @param averageExecutionMs the mean time from a handler's start to its outcome, in milliseconds
   * @param lastPollMs when the service was last asked with success, in milliseconds since the
   *     epoch; 0 for never
   * @param held actions that wait for the operator's yes
   * @param mismatched offers of a known id with another content, which were refused
   * @param damaged records of the ledger that are known to be lost, missing or damaged
   */
  public record Actions(
      long polled,
      long duplicates,
      long applied,
      long failed,
      long refused,
      long inDoubt,
      long pending,
      long unreported,
      double averageExecutionMs,
      long lastPollMs,
      long held,
      long mismatched,
      long damaged) {
    /** With nothing held, mismatched or damaged. */
    public Actions(
        long polled,
        long duplicates,
        long applied,
        long failed,
        long refused,
        long inDoubt,
        long pending,
        long unreported,
        double averageExecutionMs,
        long lastPollMs) {
      this(
          polled,
          duplicates,
          applied,
          failed,
          refused,
          inDoubt,
          pending,
          unreported,
          averageExecutionMs,
          lastPollMs,
          0,
          0,
          0);
    }
  }

  /**
   * What NPC scripts asked for.
   *
   * @param requests calls made
   * @param refused calls refused before anything was sent: a bad URL, a host not allowed, a quota,
   *     the breaker
   * @param failed calls that were sent and got no 2xx
   * @param cached calls answered from the cache
   */
  public record Scripts(long requests, long refused, long failed, long cached) {}
}
