package org.aibridge.core.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads which events of an acknowledged batch the service does not want, from the body of its
 * answer.
 */
final class RejectedEvents {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final byte[] NAME = "rejected".getBytes(StandardCharsets.US_ASCII);

  private RejectedEvents() {}

  /**
   * False if the body has no field {@code rejected}, as most have not: told without taking it
   * apart. A name may be written with escapes and in UTF-16, so a backslash or a zero leaves it
   * open.
   */
  private static boolean mayReject(byte[] body) {
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '\\' || body[i] == 0 || body[i] == NAME[0] && isName(body, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(byte[] body, int at) {
    int end = at + NAME.length;
    return end <= body.length && Arrays.equals(body, at, end, NAME, 0, NAME.length);
  }

  /** The reasons by event id; empty for a body without {@code rejected}. */
  static Map<String, String> read(byte[] body) {
    if (!mayReject(body)) {
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
