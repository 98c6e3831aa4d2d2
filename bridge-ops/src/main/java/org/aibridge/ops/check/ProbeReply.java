package org.aibridge.ops.check;

import java.time.Instant;
import java.util.Optional;

/**
 * The AI service's response to one request.
 *
 * @param millis the time from the request to the last byte
 * @param received the time at which the response was complete
 * @param body the first part of the body, as text
 * @param date the service's own time, from its Date header
 */
record ProbeReply(
    String path,
    int status,
    long millis,
    Instant received,
    String body,
    String contentType,
    String location,
    Optional<Instant> date) {
  boolean isSuccess() {
    return status / 100 == 2;
  }

  boolean isRedirect() {
    return status / 100 == 3;
  }

  boolean isRefusal() {
    return status == 401 || status == 403;
  }
}
