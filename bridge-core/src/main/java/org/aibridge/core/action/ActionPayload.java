package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.aibridge.core.text.Sentence;

/** Finds the fields of an action in its JSON. No state; any thread. */
final class ActionPayload {
  private static final String NAME = "payload";

  /** Other names that services use for the payload. */
  private static final List<String> ALIASES = List.of("action_data", "params", "data");

  /** The members of an action that do not belong to the payload. */
  private static final Set<String> ENVELOPE =
      Set.of(
          NAME,
          "action_id",
          "action_type",
          "priority",
          "target_player_id",
          "target_player_key",
          "target_map");

  private ActionPayload() {}

  /**
   * Returns the payload of {@code action}; unless strict, also one that is written as a text, one
   * under another name, or the members that stand in its place beside {@code action_type}.
   */
  static JsonNode of(JsonNode action, boolean strict) throws InvalidAction {
    JsonNode own = strict ? action.path(NAME) : object(action.path(NAME));
    boolean absent = strict ? own.isMissingNode() || own.isNull() : LooseValue.isAbsent(own);
    if (!own.isObject() && !absent) {
      throw new InvalidAction("payload must be an object, not " + ActionFields.brief(own));
    }
    return strict ? own : elsewhere(action, own);
  }

  private static JsonNode elsewhere(JsonNode action, JsonNode own) throws InvalidAction {
    String from = NAME;
    JsonNode found = own;
    for (String alias : ALIASES) {
      JsonNode given = given(action.path(alias));
      if (!given.isObject() || given.isEmpty()) {
        continue;
      }
      if (found.isObject() && !found.isEmpty() && !found.equals(given)) {
        throw differ(from, alias);
      }
      from = alias;
      found = given;
    }
    return found.isObject() ? found : beside((ObjectNode) action);
  }

  /** Returns what {@code value} is, or is the JSON text of; a text that is none is only a text. */
  private static JsonNode given(JsonNode value) {
    try {
      return object(value);
    } catch (InvalidAction e) {
      return value;
    }
  }

  /** Returns the object that {@code value} is, or is the JSON text of; any other value as it is. */
  private static JsonNode object(JsonNode value) throws InvalidAction {
    return value.isTextual() && value.textValue().stripLeading().startsWith("{")
        ? ActionDecoder.payload(value.textValue())
        : value;
  }

  private static JsonNode beside(ObjectNode action) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    fields.setAll(action);
    fields.remove(ENVELOPE);
    if (LooseValue.isAbsent(action.path("action_type"))) {
      fields.remove("type");
    }
    return fields;
  }

  /** Returns the error for a field that is given under two names with different values. */
  static InvalidAction differ(String name, String other) {
    return new InvalidAction(
        Sentence.of("%s and %s are both given, and differ: one of the two", name, other));
  }
}
