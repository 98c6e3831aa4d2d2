package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a scenario's file says under {@code play}.
 *
 * @param events events that are published at once as the fault begins, beside what players do
 * @param poison how many of them have {@code "poison": true} in their payload
 * @param large how many of them have a text of {@value #LARGE_CHARACTERS} characters
 * @param lasts how long the scenario is in force
 * @param heals whether the service is healthy afterwards; else the scenario stays to the end
 * @param reload whether the map-server is told to reload its configuration once that is so
 * @param actions actions that are offered as the fault begins
 * @param settings the bridge's keys for this scenario, {@code section.key}
 */
record Plan(
    int events,
    int poison,
    int large,
    Duration lasts,
    boolean heals,
    boolean reload,
    List<JsonNode> actions,
    Map<String, String> settings) {
  static final int LARGE_CHARACTERS = 6_000;

  private static final List<String> KEYS =
      List.of("events", "poison", "large", "lasts", "heals", "reload", "actions", "settings");

  /**
   * The plan of a scenario.
   *
   * @throws IllegalArgumentException when its file has a mistake; the message says which
   */
  static Plan of(JsonNode about) {
    Keys keys = new Keys("play", about.path("play"), KEYS);
    Map<String, String> settings = new LinkedHashMap<>();
    keys.node("settings")
        .properties()
        .forEach(e -> settings.put(e.getKey(), e.getValue().asText()));
    int events = keys.number("events", 60);
    int poison = keys.number("poison", 0);
    int large = keys.number("large", 0);
    if (poison + large > events) {
      throw new IllegalArgumentException("play.poison and play.large are more than play.events");
    }
    return new Plan(
        events,
        poison,
        large,
        keys.duration("lasts", Duration.ofSeconds(3)),
        keys.flag("heals", true),
        keys.flag("reload", false),
        actions(keys.node("actions")),
        settings);
  }

  private static List<JsonNode> actions(JsonNode given) {
    if (!given.isMissingNode() && !given.isArray()) {
      throw new IllegalArgumentException("play.actions must be a list, was " + given);
    }
    List<JsonNode> actions = new java.util.ArrayList<>();
    given.forEach(actions::add);
    return List.copyOf(actions);
  }
}
