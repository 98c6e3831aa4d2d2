package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Converts JSON to unmodifiable maps and lists of strings, numbers, booleans and nulls. */
final class JsonValues {
  private static final ObjectMapper SORTED =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private JsonValues() {}

  static Map<String, Object> map(JsonNode object) throws InvalidAction {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      map.put(member.getKey(), value(member.getValue()));
    }
    return Collections.unmodifiableMap(map);
  }

  /** Returns {@code values} as JSON with sorted names at every depth. */
  static JsonNode sorted(Map<String, Object> values) {
    return SORTED.valueToTree(values);
  }

  private static List<Object> list(JsonNode array) throws InvalidAction {
    List<Object> list = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      list.add(value(element));
    }
    return Collections.unmodifiableList(list);
  }

  private static Object value(JsonNode node) throws InvalidAction {
    return switch (node.getNodeType()) {
      case OBJECT -> map(node);
      case ARRAY -> list(node);
      case NUMBER -> number(node);
      case BOOLEAN -> node.booleanValue();
      case STRING -> node.textValue();
      default -> null;
    };
  }

  private static Number number(JsonNode node) throws InvalidAction {
    if (node.isDouble() && Double.isInfinite(node.doubleValue())) {
      throw new InvalidAction("payload must hold no number beyond 1.8e308, and does");
    }
    return node.numberValue();
  }
}
