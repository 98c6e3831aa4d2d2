package org.aibridge.fakeservice;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/**
 * A path of a service.
 *
 * @param query what the field's service demands of the query, or null
 * @param body what it demands of the body; null where it takes any
 */
public record Route(String method, String path, Schema query, Schema body, Answerer answerer) {
  /** Answers a request that has passed the checks. */
  @FunctionalInterface
  public interface Answerer {
    /**
     * Returns the answer, as JSON.
     *
     * @param body null of a GET
     */
    String answer(Call call, JsonNode body) throws IOException, Refusal;
  }

  /** Returns a route for GET requests. */
  public static Route get(String path, Answerer answerer) {
    return new Route("GET", path, null, null, answerer);
  }

  /** Returns a route for POST requests. */
  public static Route post(String path, Answerer answerer) {
    return new Route("POST", path, null, null, answerer);
  }
}
