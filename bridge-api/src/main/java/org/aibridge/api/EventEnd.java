package org.aibridge.api;

import java.util.Locale;
import java.util.Objects;

/**
 * An event that has had its end.
 *
 * @param eventId the event's id towards the AI service, {@code server_id:sequence}
 * @param json the event as it was sent: a JSON object, in which a host finds what it put into the
 *     payload
 * @param how what became of it
 * @param problem why it was not delivered, in a sentence; empty for a delivered one
 */
public record EventEnd(String eventId, String json, How how, String problem) {
  /** Refuses {@code null}. */
  public EventEnd {
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(json, "json");
    Objects.requireNonNull(how, "how");
    Objects.requireNonNull(problem, "problem");
  }

  /** The ways in which an event can end. Later versions of the API can add constants. */
  public enum How {
    /** The AI service acknowledged the event. */
    DELIVERED,
    /** The AI service refused the event even alone. Constants from here on mean dead letters. */
    REFUSED,
    /** The AI service accepted the rest of the batch and rejected this event. */
    REJECTED,
    /** The event was too large for the AI service even when it was sent alone. */
    TOO_LARGE,
    /** The event was older than {@code event_ttl} when its turn came. */
    EXPIRED,
    /** A later version of the bridge wrote the event, and this version cannot read it. */
    LATER_VERSION;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name in dead letters, such as {@code too_large}. */
    public String wireName() {
      return wireName;
    }
  }
}
