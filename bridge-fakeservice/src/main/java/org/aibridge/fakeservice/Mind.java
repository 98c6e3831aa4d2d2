package org.aibridge.fakeservice;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** The behaviour of an AI service behind its three paths. Any thread may call it. */
public interface Mind {
  /**
   * Takes all events of a batch, repeated ones too.
   *
   * @param key the idempotency key, or empty
   * @return how many of them it had taken before
   */
  int take(List<JsonNode> events, String key) throws IOException;

  /** Returns up to {@code limit} actions as JSON; waits up to {@code waitMs} ms for the first. */
  List<String> offer(int limit, long waitMs);

  /** Takes the results of actions. */
  void hear(List<JsonNode> results) throws IOException;

  /** Returns the answer to a health check, as JSON. */
  default String health() {
    return "{\"status\":\"healthy\"}";
  }
}
