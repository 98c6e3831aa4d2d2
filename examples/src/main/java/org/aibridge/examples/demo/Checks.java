package org.aibridge.examples.demo;

import static org.aibridge.examples.demo.Numbers.number;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.AppliedLog;
import org.aibridge.examples.mapserver.ScriptedNpcs;

/** Compares the counts of bridge, world and AI service; each check is one comparison. */
final class Checks {
  /** Runs shorter than this, in seconds, need not contain all types of action. */
  static final int SECONDS_FOR_ALL_TYPES = 20;

  static final Set<String> ACTION_TYPES =
      Set.of(
          "spawn_monster",
          "spawn_npc",
          "remove_npc",
          "move_npc",
          "give_reward",
          "broadcast",
          "create_quest",
          "set_map_flag",
          "update_economy");

  private static final String BROADCAST_ALIAS = "broadcast_message";
  private static final int SHOWN = 3;

  private final Findings found;
  private final BridgeStatus.Events events;
  private final List<Check> checks = new ArrayList<>();

  private Checks(Findings found) {
    this.found = found;
    this.events = found.status().events();
  }

  static List<Check> of(Findings found) {
    Checks checks = new Checks(found);
    checks.eventsAddUp();
    checks.worldAgrees();
    checks.appliedOnce();
    checks.drained();
    checks.scriptsRan();
    found.logs().ifPresent(checks::compareWith);
    return List.copyOf(checks.checks);
  }

  private void compareWith(ServiceLogs logs) {
    recordedIsDelivered(logs);
    typesAgree(logs);
    idsWellFormed(logs);
    resultsTrue(logs);
    allActionTypes(logs);
    absurdRefused(logs);
  }

  private void eventsAddUp() {
    long ended =
        events.delivered()
            + events.deadLettered()
            + events.expired()
            + events.filtered()
            + events.waiting();
    long begun = events.accepted() + events.carriedOver();
    String detail =
        number(begun)
            + (begun == ended ? " = " : " but ")
            + number(events.delivered())
            + " delivered"
            + term(events.deadLettered(), "dead-lettered")
            + term(events.expired(), "expired")
            + term(events.filtered(), "filtered")
            + term(events.waiting(), "waiting");
    add("events_add_up", "no event is lost", begun == ended, detail);
  }

  private static String term(long count, String what) {
    return count == 0 ? "" : " + " + number(count) + " " + what;
  }

  private void worldAgrees() {
    boolean ok =
        events.accepted() == found.published() && events.refused() == found.refusedByWorld();
    String detail =
        ok
            ? number(found.published()) + " taken, " + number(found.refusedByWorld()) + " refused"
            : "world: %s taken, %s refused; bridge: %s taken, %s refused"
                .formatted(
                    number(found.published()),
                    number(found.refusedByWorld()),
                    number(events.accepted()),
                    number(events.refused()));
    add("world_agrees", "the world counted the same events", ok, detail);
  }

  private void drained() {
    String detail = "events: " + number(events.waiting()) + ", decisions: " + number(found.open());
    if (events.waiting() > 0 && events.delivered() == 0) {
      detail += ", none was taken";
    }
    boolean ok = events.waiting() + found.open() == 0;
    add("drained", "nothing is left waiting", ok, detail);
  }

  /** Checks that the service recorded all delivered events and, in addition, only waiting ones. */
  private void recordedIsDelivered(ServiceLogs logs) {
    long distinct = logs.distinctEvents();
    long repeated = logs.eventLines() - logs.badIds() - distinct;
    boolean ok =
        distinct >= events.delivered() && distinct <= events.delivered() + events.waiting();
    String detail =
        number(distinct)
            + " recorded"
            + (distinct == events.delivered()
                ? ""
                : ", " + number(events.delivered()) + " delivered")
            + (repeated == 0 ? "" : "; " + number(repeated) + " twice or more");
    add("recorded_is_delivered", "the AI service recorded what was delivered", ok, detail);
  }

  private void typesAgree(ServiceLogs logs) {
    if (events.waiting() + events.deadLettered() + events.expired() + events.carriedOver() > 0) {
      return;
    }
    Map<String, Long> recorded = logs.distinctByType();
    Map<String, Long> differing = new TreeMap<>(found.acceptedByType());
    recorded.forEach((type, count) -> differing.merge(type, -count, Long::sum));
    differing.values().removeIf(difference -> difference == 0);
    String detail =
        differing.isEmpty() ? recorded.size() + " types" : "published minus recorded " + differing;
    add("types_agree", "each type as often as it was published", differing.isEmpty(), detail);
  }

  private void idsWellFormed(ServiceLogs logs) {
    String server = found.status().serverId();
    String detail =
        logs.badIds() == 0
            ? server + ":number"
            : number(logs.badIds()) + " are not, the first '" + logs.firstBadId() + "'";
    add(
        "event_ids_well_formed",
        "every event id is one of this server",
        logs.badIds() == 0,
        detail);
  }

  private void appliedOnce() {
    Set<String> twice = new TreeSet<>();
    found
        .handled()
        .forEach(
            (id, entry) -> {
              if (entry.times() > 1) {
                twice.add(id);
              }
            });
    String detail =
        twice.isEmpty() ? number(found.applied().size()) + " applied" : "twice: " + some(twice);
    add("applied_once", "no decision was applied twice", twice.isEmpty(), detail);
  }

  private void scriptsRan() {
    ScriptedNpcs.Talks talks = found.talks();
    boolean ok = talks.failed() == 0 && talks.firstFailure().isEmpty();
    String detail = ok ? number(talks.completed()) + " talks" : talks.firstFailure();
    add("scripts_ran", "every NPC script ran to its end", ok, detail);
  }

  /** Compares each action's reported result with its effect on the world. */
  private void resultsTrue(ServiceLogs logs) {
    Set<String> applied = found.applied();
    Set<String> wrong = new TreeSet<>();
    logs.results()
        .forEach(
            (id, statuses) -> {
              boolean completed = statuses.contains(ServiceLogs.COMPLETED);
              boolean known = logs.decided().containsKey(id);
              if (!known || statuses.size() != 1 || completed != applied.contains(id)) {
                wrong.add(id);
              }
            });
    BridgeStatus.Actions actions = found.status().actions();
    long untold = applied.stream().filter(id -> !logs.results().containsKey(id)).count();
    boolean ok = wrong.isEmpty() && untold <= actions.unreported() + actions.pending();
    String detail =
        !wrong.isEmpty()
            ? "told otherwise: " + some(wrong)
            : number(logs.results().size())
                + " results"
                + (untold == 0 ? "" : ", " + number(untold) + " not told yet");
    add("results_true", "the AI service heard what the world did", ok, detail);
  }

  private void allActionTypes(ServiceLogs logs) {
    Set<String> missing = new TreeSet<>(ACTION_TYPES);
    logs.decided()
        .forEach(
            (id, type) -> {
              if (!id.startsWith(Findings.ABSURD)) {
                missing.remove(type.equals(BROADCAST_ALIAS) ? "broadcast" : type);
              }
            });
    boolean required = found.options().seconds() >= SECONDS_FOR_ALL_TYPES;
    String detail =
        missing.isEmpty()
            ? ACTION_TYPES.size() + " types"
            : "missing " + missing + (required ? "" : "; too short a run for all");
    add(
        "all_action_types",
        "every type of decision came up",
        missing.isEmpty() || !required,
        detail);
  }

  private void absurdRefused(ServiceLogs logs) {
    long refused = 0;
    Set<String> wrong = new TreeSet<>();
    for (String id : logs.decided().keySet()) {
      if (id.startsWith(Findings.ABSURD)) {
        AppliedLog.Entry entry = found.handled().get(id);
        Set<String> statuses = logs.results().getOrDefault(id, Set.of());
        if (statuses.contains(ServiceLogs.COMPLETED) || entry != null && entry.applied()) {
          wrong.add(id);
        }
        refused += statuses.isEmpty() ? 0 : 1;
      }
    }
    String detail = wrong.isEmpty() ? number(refused) + " refused" : "applied: " + some(wrong);
    add("absurd_refused", "every absurd decision was refused", wrong.isEmpty(), detail);
  }

  private void add(String name, String sentence, boolean ok, String detail) {
    checks.add(new Check(name, sentence, ok, detail));
  }

  private static String some(Collection<String> ids) {
    String shown = String.join(", ", ids.stream().limit(SHOWN).toList());
    return ids.size() <= SHOWN ? shown : shown + " and " + (ids.size() - SHOWN) + " more";
  }
}
