package org.aibridge.fakeservice;

import java.util.List;
import java.util.Set;

/**
 * How the field's service was set up by its owner.
 *
 * @param apiKey the key it wants in {@code X-API-Key}; empty for none
 * @param perMinute how many requests it takes of a client in a minute; 0 for any number
 * @param playerId how it types a player's id
 * @param forbidsExtra whether it refuses fields that it does not know, such as {@code event_id}
 * @param without the paths that it lacks
 */
public record FieldRules(
    String apiKey, int perMinute, PlayerId playerId, boolean forbidsExtra, Set<String> without) {
  /** The usual setup: no key, a hundred requests a minute, all three paths. */
  public static final FieldRules DEFAULT =
      new FieldRules("", 100, PlayerId.NUMBER, false, Set.of());

  /** The type of a player's id in the service's API. */
  public enum PlayerId {
    NUMBER(Schema.integer(1, Long.MAX_VALUE)),
    INT32(Schema.integer(Integer.MIN_VALUE, Integer.MAX_VALUE)),
    TEXT(Schema.text());

    private final Schema schema;

    PlayerId(Schema schema) {
      this.schema = schema;
    }
  }

  public FieldRules {
    without = Set.copyOf(without);
  }

  public FieldRules withApiKey(String key) {
    return new FieldRules(key, perMinute, playerId, forbidsExtra, without);
  }

  public FieldRules withPerMinute(int requests) {
    return new FieldRules(apiKey, requests, playerId, forbidsExtra, without);
  }

  public FieldRules withPlayerId(PlayerId type) {
    return new FieldRules(apiKey, perMinute, type, forbidsExtra, without);
  }

  public FieldRules withForbiddenExtra() {
    return new FieldRules(apiKey, perMinute, playerId, true, without);
  }

  public FieldRules without(String... paths) {
    return new FieldRules(apiKey, perMinute, playerId, forbidsExtra, Set.of(paths));
  }

  Schema batch() {
    Schema text = Schema.text();
    Schema event =
        Schema.model(
            forbidsExtra,
            List.of(
                new Schema.Field("event_type", true, text),
                new Schema.Field("player_id", false, Schema.optional(playerId.schema)),
                new Schema.Field("map", false, Schema.optional(text)),
                new Schema.Field("timestamp", true, anyInteger()),
                new Schema.Field("priority", false, text),
                new Schema.Field("payload", false, Schema.dict())));
    return Schema.model(
        forbidsExtra, List.of(new Schema.Field("events", true, Schema.list(event))));
  }

  Schema result() {
    Schema text = Schema.text();
    return Schema.model(
        forbidsExtra,
        List.of(
            new Schema.Field("action_id", true, text),
            new Schema.Field("status", true, text),
            new Schema.Field("message", false, Schema.optional(text)),
            new Schema.Field("timestamp", false, Schema.optional(anyInteger()))));
  }

  /** The parameters of a poll; any other parameter in the query is ignored. */
  static Schema poll() {
    return Schema.model(false, List.of(new Schema.Field("limit", false, anyInteger())));
  }

  private static Schema anyInteger() {
    return Schema.integer(Long.MIN_VALUE, Long.MAX_VALUE);
  }
}
