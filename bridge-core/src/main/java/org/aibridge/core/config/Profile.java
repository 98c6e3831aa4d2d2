package org.aibridge.core.config;

import java.util.List;

/** A named set of values for keys, which makes requests fit one kind of AI service. */
enum Profile {
  /** The paths and forms of {@code docs/protocol.md}. */
  BRIDGE("", "number", "yes", "name"),

  /** The paths and forms that FastAPI services expect; strict services accept them too. */
  FASTAPI("/health", "text", "no", "custom");

  private final String health;
  private final String playerIdAs;
  private final String eventId;
  private final String customEventsAs;

  Profile(String health, String playerIdAs, String eventId, String customEventsAs) {
    this.health = health;
    this.playerIdAs = playerIdAs;
    this.eventId = eventId;
    this.customEventsAs = customEventsAs;
  }

  /** Returns the keys for which each profile has a value. */
  static List<ConfigKey> keys() {
    return List.of(
        ConfigKeys.EVENTS_PATH,
        ConfigKeys.ACTIONS_PATH,
        ConfigKeys.RESULTS_PATH,
        ConfigKeys.HEALTH_PATH,
        ConfigKeys.PLAYER_ID_AS,
        ConfigKeys.EVENT_ID,
        ConfigKeys.CUSTOM_EVENTS_AS);
  }

  /** Returns the value for {@code key}, which must be one of {@link #keys}. */
  String value(ConfigKey key) {
    return switch (key.name()) {
      case "events_path" -> "/api/v1/events/dispatch";
      case "actions_path" -> "/api/v1/actions/pending";
      case "results_path" -> "/api/v1/actions/complete";
      case "health_path" -> health;
      case "player_id_as" -> playerIdAs;
      case "event_id" -> eventId;
      case "custom_events_as" -> customEventsAs;
      default -> throw new IllegalArgumentException(key.label() + " is not part of a profile");
    };
  }
}
