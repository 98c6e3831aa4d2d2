package org.aibridge.core.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What an operator has been told, which outlives the process: a bridge that starts anew in an
 * outage does not tell it twice. For one thread.
 */
final class AlarmMemory {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The most kinds of dead letters that are remembered; the oldest are forgotten. */
  private static final int MAX_KINDS = 256;

  /** The name of the state that was last reported. */
  String state = "running";

  /** What was wrong at the last report. */
  String cause = "";

  /** When the reported trouble began, in milliseconds since the epoch. */
  long sinceMs;

  /** The number of actions in doubt at the last report. */
  long inDoubt;

  /** The number of actions that waited for approval at the last report; 0 once none waits. */
  long held;

  /** The number of changes since the last message that were left out of the reports. */
  int leftOut;

  /** The fingerprints of the dead letters that were reported, oldest first. */
  final Deque<String> kinds = new ArrayDeque<>();

  /** When the latest messages were made, in milliseconds since the epoch, oldest first. */
  final Deque<Long> sentMs = new ArrayDeque<>();

  /** Reads the memory from {@code json}; returns an empty memory if the text is unreadable. */
  static AlarmMemory of(String json) {
    AlarmMemory memory = new AlarmMemory();
    try {
      JsonNode read = MAPPER.readTree(json);
      if (read != null && read.isObject()) {
        memory.state = read.path("state").asText("running");
        memory.cause = read.path("cause").asText();
        memory.sinceMs = read.path("since_ms").asLong();
        memory.inDoubt = read.path("in_doubt").asLong();
        memory.held = read.path("held").asLong();
        memory.leftOut = read.path("left_out").asInt();
        read.path("kinds").forEach(kind -> memory.addKind(kind.asText()));
        read.path("sent_ms").forEach(at -> memory.sentMs.add(at.asLong()));
      }
    } catch (JsonProcessingException e) {
      return new AlarmMemory();
    }
    return memory;
  }

  String json() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("state", state).put("cause", cause).put("since_ms", sinceMs);
    json.put("in_doubt", inDoubt).put("held", held).put("left_out", leftOut);
    ArrayNode told = json.putArray("kinds");
    kinds.forEach(told::add);
    ArrayNode sent = json.putArray("sent_ms");
    sentMs.forEach(sent::add);
    return json.toString();
  }

  void addKind(String fingerprint) {
    kinds.remove(fingerprint);
    kinds.add(fingerprint);
    if (kinds.size() > MAX_KINDS) {
      kinds.remove();
    }
  }
}
