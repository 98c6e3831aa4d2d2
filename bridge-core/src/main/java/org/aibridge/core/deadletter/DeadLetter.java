package org.aibridge.core.deadletter;

import java.util.List;
import java.util.Locale;

/**
 * An event that could not be delivered, and the reason.
 *
 * @param eventId {@code server_id:sequence}
 * @param eventJson the event as it was sent
 * @param reason the reason why it could not be delivered
 * @param status the service's number for its answer; 0 for none
 * @param problem one sentence
 * @param answer the beginning of the service's answer
 * @param attempts the number of times that the event was sent
 * @param firstAttemptMs the time of the first attempt in milliseconds since the epoch; 0 for none
 * @param lastAttemptMs the time of the last attempt; 0 for none
 * @param batch the key of the event's first batch
 * @param idempotencyKey the key of the last attempt
 * @param replayCount the number of replays
 * @param history the attempts one by one; of many, the first and the last
 * @param deadAtMs the time at which the event became a dead letter; 0 for now
 */
public record DeadLetter(
    String eventId,
    byte[] eventJson,
    Reason reason,
    int status,
    String problem,
    String answer,
    int attempts,
    long firstAttemptMs,
    long lastAttemptMs,
    String batch,
    String idempotencyKey,
    int replayCount,
    List<Attempt> history,
    long deadAtMs) {

  /**
   * One attempt to send the event.
   *
   * @param atMs the time in milliseconds since the epoch
   * @param events the number of events that were sent together
   * @param status the service's number for the answer; 0 for no answer
   * @param problem the problem, or empty
   */
  public record Attempt(long atMs, int events, int status, String problem) {}

  /** The reason why an event could not be delivered. */
  public enum Reason {
    /** The service refused the event when it was sent alone. */
    REFUSED(0),
    /** The service accepted the rest of the batch, and rejected this event. */
    REJECTED(1),
    /** The event was too large for the service even when it was sent alone. */
    TOO_LARGE(2),
    /** The event was older than {@code event_ttl}. */
    EXPIRED(3),
    /** The letter was imported from another bridge's file, which does not tell the reason. */
    IMPORTED(4),
    /** A later version of the bridge wrote the event, and this version cannot read it. */
    LATER_VERSION(5);

    private static final Reason[] ALL = values();

    /** The number in records; must never change. */
    private final int code;

    Reason(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    /** Returns the name in records and output. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the reason with this {@link #wireName}; {@link #IMPORTED} if there is none. */
    static Reason of(String wireName) {
      for (Reason reason : ALL) {
        if (reason.wireName().equals(wireName)) {
          return reason;
        }
      }
      return IMPORTED;
    }

    /** Returns the reason with this {@link #code}; {@link #IMPORTED} if there is none. */
    static Reason of(int code) {
      for (Reason reason : ALL) {
        if (reason.code == code) {
          return reason;
        }
      }
      return IMPORTED;
    }
  }
}
