package org.aibridge.core.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads which events of an acknowledged batch the service does not want, from the body of its
 * answer.
 */
final class RejectedEvents {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private RejectedEvents() {}

  /** The reasons by event id; empty for a body without {@code rejected}. */
  static Map<String, String> read(byte[] body) {
    if (body.length == 0) {
      return Map.of();
    }
    try {
      JsonNode rejected = MAPPER.readTree(body).path("rejected");
      Map<String, String> result = new HashMap<>();
      for (JsonNode entry : rejected) {
        String id = entry.path("event_id").asText("");
        if (!id.isEmpty()) {
          result.put(id, entry.path("error").asText("rejected by the AI service"));
        }
      }
      return result;
    } catch (IOException e) {
      return Map.of();
    }
  }
}
