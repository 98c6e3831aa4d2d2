package org.aibridge.ops.check;

import java.time.Instant;
import java.util.Optional;

/**
 * What the AI service answered to a request.
 *
 * @param millis how long it took, from asking to the last byte
 * @param received when the answer was there
 * @param body the first part of the body, as text
 * @param date what the service says the time is
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
