package org.aibridge.ops.check;

import java.time.Instant;
import java.util.Optional;
import org.aibridge.core.http.Answer;

/**
 * The AI service's response to one request.
 *
 * @param kind the meaning of the status to the bridge
 * @param millis the time from the request to the last byte
 * @param received the time at which the response was complete
 * @param body the first part of the body, as text
 * @param date the service's own time, from its Date header
 */
record ProbeReply(
    String path,
    int status,
    Answer.Kind kind,
    long millis,
    Instant received,
    String body,
    String contentType,
    String location,
    Optional<Instant> date) {}
