package org.aibridge.core.deadletter;

import java.util.List;
import java.util.Locale;

/**
 * An event that could not be delivered, and why.
 *
 * @param eventId {@code server_id:sequence}
 * @param eventJson the event as it was sent
 * @param reason what condemned it
 * @param status the service's number for its answer; 0 for none
 * @param problem one sentence
 * @param answer the beginning of the service's answer
 * @param attempts how often it was sent
 * @param firstAttemptMs when it was first sent, in milliseconds since the epoch; 0 for never
 * @param lastAttemptMs when it was last sent; 0 for never
 * @param batch the key of the batch it first travelled in
 * @param idempotencyKey the key under which it was last sent
 * @param replayCount how often it has been replayed
 * @param history the attempts one by one; of many the first and the last
 * @param deadAtMs when it became a dead letter; 0 for now
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
   * One time it was sent.
   *
   * @param atMs when, in milliseconds since the epoch
   * @param events how many events were sent together
   * @param status what was answered; 0 for nothing
   * @param problem what was amiss, or empty
   */
  public record Attempt(long atMs, int events, int status, String problem) {}

  /** What condemned the event. The order is the one on disk. */
  public enum Reason {
    /** The service refused the event alone. */
    REFUSED,
    /** The service took the others of a batch, and named this one as not taken. */
    REJECTED,
    /** The event alone was too large for the service. */
    TOO_LARGE,
    /** It was older than {@code event_ttl}. */
    EXPIRED,
    /** It was brought here from another bridge's file, which does not tell. */
    IMPORTED;

    private static final Reason[] ALL = values();

    /** The name in records and output. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The reason of that {@link #wireName}; {@link #IMPORTED} for an unknown one. */
    static Reason of(String wireName) {
      for (Reason reason : ALL) {
        if (reason.wireName().equals(wireName)) {
          return reason;
        }
      }
      return IMPORTED;
    }

    static Reason at(int ordinal) {
      return ordinal >= 0 && ordinal < ALL.length ? ALL[ordinal] : IMPORTED;
    }
  }
}
