package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.aibridge.api.event.GameEvent;

/**
 * What a scenario's file says under {@code play}.
 *
 * @param events events that are published at once as the fault begins, beside what players do
 * @param poison how many of them have {@code "poison": true} in their payload
 * @param large how many of them have a text of {@value #LARGE_CHARACTERS} characters
 * @param lasts how long the scenario is in force
 * @param whole whether it lasts, within that, until each mapping has answered a request; one that
 *     has not fails it
 * @param heals whether the service is healthy afterwards; else the scenario stays to the end
 * @param reload whether the map-server is told to reload its configuration once that is so
 * @param fastApi whether the field's FastAPI stands in for the scenario's mappings
 * @param connection what is wrong with the connection while the scenario is in force
 * @param answers odd answers, of which each is given to a request with events while it is in force
 * @param publish events of an incident, in the order in which they are published
 * @param actions actions that are offered as the fault begins
 * @param actionEnds how these ended in an incident, by their ids; empty for none
 * @param settings the bridge's keys for this scenario, {@code section.key}
 */
record Plan(
    int events,
    int poison,
    int large,
    Duration lasts,
    boolean whole,
    boolean heals,
    boolean reload,
    boolean fastApi,
    Connection connection,
    List<OddAnswer> answers,
    List<Publication> publish,
    List<JsonNode> actions,
    Map<String, String> actionEnds,
    Map<String, String> settings) {
  /**
   * An event of an incident.
   *
   * @param afterMs how long after the fault's beginning it is published
   * @param ageMs how old it is by then
   * @param end its end in the incident, as {@link Traces.Event} has it
   */
  record Publication(long afterMs, long ageMs, String end, JsonNode event) {
    GameEvent now() {
      return GameEvents.of(event).at(System.currentTimeMillis() - ageMs);
    }
  }

  /** What may be wrong with a connection. */
  enum Connection {
    GOOD,
    /** It is encrypted, and the certificate has expired. */
    EXPIRED,
    /** It is encrypted, and the certificate is of an authority that nobody knows. */
    UNTRUSTED,
    /** Each answer comes twice. */
    DOUBLED;

    boolean isEncrypted() {
      return this == EXPIRED || this == UNTRUSTED;
    }
  }

  static final int LARGE_CHARACTERS = 6_000;

  private static final List<String> KEYS =
      List.of(
          "events",
          "poison",
          "large",
          "lasts",
          "whole",
          "heals",
          "reload",
          "service",
          "connection",
          "answers",
          "publish",
          "actions",
          "settings");

  /**
   * The plan of a scenario.
   *
   * @throws IllegalArgumentException when its file has a mistake; the message says which
   */
  static Plan of(JsonNode about) {
    Keys.require("scenario.json", about, List.of("description", "play", "expect", "listening"));
    Keys keys = new Keys("play", about.path("play"), KEYS);
    Map<String, String> settings = ScenarioSettings.of(keys.node("settings"));
    int events = keys.number("events", 60);
    int poison = keys.number("poison", 0);
    int large = keys.number("large", 0);
    if (poison + large > events) {
      throw new IllegalArgumentException("play.poison and play.large are more than play.events");
    }
    List<JsonNode> actions = list(keys, "actions");
    Map<String, String> actionEnds = new LinkedHashMap<>();
    for (JsonNode action : actions) {
      if (action.path("action_id").asText().isEmpty()) {
        throw new IllegalArgumentException(
            "play.actions must each have an action_id, had " + action);
      }
      if (action instanceof ObjectNode offer && offer.has("end")) {
        actionEnds.put(offer.path("action_id").asText(), offer.remove("end").asText());
        offer.remove("why");
      }
    }
    return new Plan(
        events,
        poison,
        large,
        keys.duration("lasts", Duration.ofSeconds(3)),
        keys.flag("whole", false),
        keys.flag("heals", true),
        keys.flag("reload", false),
        keys.text("service", List.of("fastapi"), "").equals("fastapi"),
        connection(keys),
        list(keys, "answers").stream().map(OddAnswer::of).toList(),
        list(keys, "publish").stream().map(Plan::publication).toList(),
        actions,
        actionEnds,
        settings);
  }

  private static Connection connection(Keys keys) {
    List<String> names = List.of("expired", "untrusted", "doubled");
    String name = keys.text("connection", names, Connection.GOOD.name());
    return Connection.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static Publication publication(JsonNode given) {
    if (given.path("event_type").asText().isEmpty()) {
      throw new IllegalArgumentException("play.publish must have events, had " + given);
    }
    for (String key : List.of("after_ms", "age_ms")) {
      JsonNode value = given.path(key);
      if (!value.isMissingNode() && (!value.canConvertToLong() || value.asLong() < 0)) {
        throw new IllegalArgumentException(
            "play.publish: %s must be a whole number, 0 or more, was %s".formatted(key, value));
      }
    }
    ObjectNode event = given.deepCopy();
    event.remove(List.of("after_ms", "age_ms", "end"));
    try {
      GameEvents.of(event);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "play.publish: %s: %s".formatted(e.getMessage(), event), e);
    }
    return new Publication(
        given.path("after_ms").asLong(),
        given.path("age_ms").asLong(),
        given.path("end").asText(),
        event);
  }

  private static List<JsonNode> list(Keys keys, String key) {
    JsonNode given = keys.node(key);
    if (!given.isMissingNode() && !given.isArray()) {
      throw new IllegalArgumentException("play." + key + " must be a list, was " + given);
    }
    List<JsonNode> elements = new ArrayList<>();
    given.forEach(elements::add);
    return List.copyOf(elements);
  }

  /** Whether something has to stand between the bridge and the service. */
  boolean needsFront() {
    return connection != Connection.GOOD || !answers.isEmpty();
  }

  /** True if this plan replays an incident; how its events and actions ended is compared then. */
  boolean isIncident() {
    return !publish.isEmpty() || !actionEnds.isEmpty();
  }
}
