package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;

/** Helpers for the JSON of a custom action's payload. */
final class JsonValues {
  private static final ObjectMapper SORTED =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private JsonValues() {}

  /** Returns {@code values} as JSON whose names are sorted at every depth. */
  static JsonNode sorted(Map<String, Object> values) {
    return SORTED.valueToTree(values);
  }

  /** Refuses a payload with a number, at any depth, that is too large for a double. */
  static void checkNumbers(JsonNode payload) throws InvalidAction {
    if (payload.isDouble() && Double.isInfinite(payload.doubleValue())) {
      throw new InvalidAction("payload must hold no number beyond 1.8e308, and does");
    }
    for (JsonNode each : payload) {
      checkNumbers(each);
    }
  }
}
