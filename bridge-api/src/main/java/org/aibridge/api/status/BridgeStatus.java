package org.aibridge.api.status;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.api.RefusalReason;

/**
 * The status of the bridge at one moment.
 *
 * <p>Counters run since the start of this process. At every moment this is exact: {@code accepted +
 * carriedOver = delivered + deadLettered + expired + waiting}, as long as nobody takes events out
 * of the journal's files; such events count in {@code damaged}.
 *
 * <p>Later versions may add components to these records; the accessors stay. Each group has a
 * {@code NONE} for what is not told.
 *
 * @param state what the bridge as a whole is doing
 * @param problem what is wrong and what to do about it; empty when nothing is
 * @param serverId the configured {@code server_id}
 * @param http the connection to the AI service
 * @param events what became of the events
 * @param durability what a crash of the machine would cost now
 * @param actions what became of the AI service's decisions
 * @param scripts what NPC scripts asked for
 * @param outlook since when the state holds, what happens next, and what helps
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

  /** True unless the bridge is off, starting or closed. */
  public boolean initialized() {
    return state != BridgeState.OFF && state != BridgeState.STARTING && state != BridgeState.CLOSED;
  }

  /**
   * The facts that somebody wants to know beside the problem.
   *
   * @param sinceMs the time since which the state holds, in milliseconds since the epoch; where
   *     events are stuck, the time at which an event of their lane last had its end; 0 when it is
   *     not known
   * @param oldestMs the age of the oldest event that waits, in milliseconds; 0 when none waits, -1
   *     when the age is not known
   * @param said what the AI service last said instead of the expected answer; empty when it said
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
    /** The value for a bridge about which nothing is known. */
    public static final Outlook NONE = new Outlook(0, -1, "", "", "", "", 0, 0, Trouble.NONE);
  }

  /**
   * A trouble that is over.
   *
   * @param state what the state was; {@link BridgeState#RUNNING} when there was none since the
   *     start
   * @param problem what was wrong when it ended; empty when there was none
   * @param sinceMs when it began, in milliseconds since the epoch
   * @param untilMs when it was over, in milliseconds since the epoch
   */
  public record Trouble(BridgeState state, String problem, long sinceMs, long untilMs) {
    /** The value for "no trouble since the start". */
    public static final Trouble NONE = new Trouble(BridgeState.RUNNING, "", 0, 0);
  }

  /**
   * The connection to the AI service.
   *
   * @param connections open connections
   * @param idleConnections open connections without a request
   * @param requests requests sent, each attempt counted
   * @param failedRequests of {@code requests}, those that got no answer or a 5xx
   * @param staleRequests of {@code requests}, those that met an idle connection which the service
   *     had closed meanwhile; they are sent again and count as neither failed nor answered
   * @param averageLatencyMs the mean time to an answer, in milliseconds
   * @param reuseRate the share of requests that went over a connection already open, in percent
   * @param breaker the breaker of events, never {@link GateState#HELD}
   * @param retryAfterMs the time from now for which the service told us not to send, in
   *     milliseconds; 0 for none
   * @param gates the gate of each caller; the gate of events is the first
   */
  public record Http(
      int connections,
      int idleConnections,
      long requests,
      long failedRequests,
      long staleRequests,
      double averageLatencyMs,
      double reuseRate,
      GateState breaker,
      long retryAfterMs,
      List<Gate> gates) {
    /** The connection of a bridge that is off. */
    public static final Http NONE = new Http(0, 0, 0, 0, 0, 0, 0, GateState.CLOSED, 0, Gate.CLOSED);

    /** Copies the list. */
    public Http {
      gates = List.copyOf(gates);
    }
  }

  /**
   * The gate of one caller, which decides whether the caller may send requests now. Each caller has
   * a breaker of its own.
   *
   * @param name {@code events}, {@code polls}, {@code results}, {@code scripts}, or the {@code
   *     host:port} of an allowed host that scripts cannot ask now
   * @param state whether requests go out
   * @param waitMs the time until a request is let through, in milliseconds; 0 when one is let
   *     through now
   * @param said what last came instead of the expected answer; empty when all is well
   * @param requests the caller's requests, each attempt counted, except those that the bridge
   *     itself gave up
   * @param failed of {@code requests}, those that did not get the expected answer
   */
  public record Gate(
      String name, GateState state, long waitMs, String said, long requests, long failed) {
    /** The four gates that always exist, all closed. A closed gate lets requests through. */
    public static final List<Gate> CLOSED =
        List.of(closed("events"), closed("polls"), closed("results"), closed("scripts"));

    private static Gate closed(String name) {
      return new Gate(name, GateState.CLOSED, 0, "", 0, 0);
    }
  }

  /**
   * The numbers of events, by what became of them.
   *
   * @param accepted events that {@code publish} accepted
   * @param carriedOver events that were waiting when this process started
   * @param delivered events that the AI service acknowledged
   * @param deadLettered events that became dead letters for another reason than age
   * @param expired events that became dead letters because they were older than {@code event_ttl}
   * @param filtered events that {@code filter} kept from the AI service
   * @param filteredByType the same by type, {@code custom} for all custom ones; without zeros
   * @param waiting events accepted or carried over that have none of the ends above
   * @param inRing of {@code waiting}, the events not yet in the journal
   * @param journaled of {@code accepted}, the events that reached the journal; they survive the
   *     death of the process, as those in the ring do
   * @param synced of {@code journaled}, the events that survive a crash of the machine too; -1 when
   *     the number is not known, which is always so with {@code durability = process}, because the
   *     kernel alone decides when it writes
   * @param damaged events known to be missing from the journal, or records of the journal that
   *     could not be read, whichever are more; a record may have held many events
   * @param refused events refused by {@code publish}, all reasons together
   * @param refusals the refused events by type and reason, sorted by {@link Refusal#name}
   * @param batches batches acknowledged
   * @param averageBatchSize the mean number of events in an acknowledged batch
   * @param averageDispatchLatencyMs the mean time a batch took to be acknowledged, in milliseconds
   * @param unclear of {@code batches}, those in which the service rejected something and named no
   *     event; their events count as delivered
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
      long filtered,
      Map<String, Long> filteredByType,
      long waiting,
      long inRing,
      long journaled,
      long synced,
      long damaged,
      long refused,
      List<Refusal> refusals,
      long batches,
      double averageBatchSize,
      double averageDispatchLatencyMs,
      long unclear,
      long resent,
      boolean paused) {
    /** The value if there are no events; the number of synced events is unknown. */
    public static final Events NONE =
        new Events(0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, -1, 0, 0, List.of(), 0, 0, 0, 0, 0, false);

    /** Copies the list and the map. */
    public Events {
      refusals = List.copyOf(refusals);
      filteredByType = Map.copyOf(filteredByType);
    }

    /** Returns the number of refused events by {@link Refusal#name}, sorted by name. */
    public Map<String, Long> refusalsByName() {
      Map<String, Long> byName = new TreeMap<>();
      refusals.forEach(refusal -> byName.merge(refusal.name(), refusal.count(), Long::sum));
      return byName;
    }
  }

  /**
   * Events that {@code publish} has refused.
   *
   * @param type the type's name on the wire, {@code custom} for all custom ones, {@code null} for
   *     events that were null
   * @param reason why they were refused
   * @param count how many, at least one
   */
  public record Refusal(String type, RefusalReason reason, long count) {
    /** The type and the reason, such as {@code player_login/ring_full}. */
    public String name() {
      return type + "/" + reason.wireName();
    }
  }

  /**
   * The cost that a crash of the machine, such as a power cut, would have now. The death of the
   * process costs nothing, whatever stands here.
   *
   * @param mode the configured {@code durability}
   * @param syncIntervalMs the configured {@code sync_interval}, in milliseconds; of use with {@link
   *     Mode#OS} alone
   * @param lastSyncAgeMs the time since the last sync that succeeded, in milliseconds; -1 for never
   * @param lastSyncMs how long that sync took, in milliseconds; -1 for never
   * @param syncRunningMs for how long the sync under way has been running, in milliseconds; 0 when
   *     none is
   * @param failedSyncs syncs of the journal that the disk has refused
   * @param osCrashCost the largest number of events that a crash of the machine could lose now;
   *     with {@link Mode#PROCESS} all waiting events, because it is not known what the kernel has
   *     written
   * @param ringCost a sentence that says why publishing may wait for a disk; empty when it does not
   */
  public record Durability(
      Mode mode,
      long syncIntervalMs,
      long lastSyncAgeMs,
      double lastSyncMs,
      long syncRunningMs,
      long failedSyncs,
      long osCrashCost,
      String ringCost) {
    /** The durability of a bridge that is off. */
    public static final Durability NONE = new Durability(Mode.NONE, 0, -1, -1, 0, 0, 0, "");

    /** The kinds of failure that accepted events survive. */
    public enum Mode {
      /** The bridge is off and keeps no events. */
      NONE,
      /** Events survive the death of the process; the kernel decides when the disk gets them. */
      PROCESS,
      /** Events survive a crash of the machine too, except those accepted after the last sync. */
      OS;

      private final String wireName = ordinal() == 0 ? "" : name().toLowerCase(Locale.ROOT);

      /** The name in the configuration and in the status's JSON; empty for {@link #NONE}. */
      public String wireName() {
        return wireName;
      }
    }
  }

  /**
   * The numbers of the AI service's decisions, by what became of them.
   *
   * @param polled actions the service offered, each offer counted
   * @param duplicates offers of an action already known
   * @param applied actions whose handler said that they are done
   * @param failed actions that a handler failed, or that took longer than {@code action_timeout}
   * @param refused actions that never reached a handler
   * @param inDoubt actions that an earlier process may or may not have applied, and whose end the
   *     operator has not stated
   * @param pending actions that wait for their tick, or are in flight
   * @param unreported results that the service has not acknowledged yet
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
    /** The values if there was no action. */
    public static final Actions NONE = new Actions(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /**
   * The numbers of NPC scripts' calls.
   *
   * @param requests calls made
   * @param refused calls refused before anything was sent: a bad URL, a host not allowed, a quota,
   *     the breaker
   * @param failed calls that were sent and got no 2xx
   * @param cached calls answered from the cache
   */
  public record Scripts(long requests, long refused, long failed, long cached) {
    /** The values if there was no call. */
    public static final Scripts NONE = new Scripts(0, 0, 0, 0);
  }
}
