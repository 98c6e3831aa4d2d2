package org.aibridge.scenarios;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.Collectors;

/** Reads JSON. */
final class Json {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /**
   * The document in {@code text}.
   *
   * @throws IllegalArgumentException when it is not JSON
   */
  static JsonNode read(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** Returns a document for people to edit, with a line for each element of a list. */
  static String lines(JsonNode document) {
    return lines(document, "") + "\n";
  }

  private static String lines(JsonNode node, String indent) {
    String inner = indent + "  ";
    if (node.isObject()) {
      return node.properties().stream()
          .map(f -> inner + MAPPER.valueToTree(f.getKey()) + ": " + lines(f.getValue(), inner))
          .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
    }
    if (node.isArray() && !node.isEmpty()) {
      return node.valueStream()
          .map(element -> inner + element)
          .collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
    }
    return node.toString();
  }

  /** Returns the document in {@code text}; a missing node if the text is not JSON. */
  static JsonNode readOrMissing(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }
  }
}
