package org.aibridge.core.deadletter;

/**
 * An event that could not be delivered, and why.
 *
 * @param eventId {@code server_id:sequence}
 * @param eventJson the event as it was sent
 * @param reason what condemned it
 * @param status the HTTP status, or 0
 * @param problem one sentence
 * @param answer the beginning of the service's answer
 * @param attempts how often it was sent
 * @param firstAttemptMs when it was first sent, in milliseconds since the epoch; 0 for never
 * @param lastAttemptMs when it was last sent; 0 for never
 * @param batch the key of the batch it first travelled in
 * @param idempotencyKey the key under which it was last sent
 * @param replayCount how often it has been replayed
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
    int replayCount) {

  /** What condemned the event. */
  public enum Reason {
    /** The service answered 4xx to the event alone. */
    REFUSED,
    /** The service named it in {@code rejected} of a 2xx. */
    REJECTED,
    /** The service answered 413 to the event alone. */
    TOO_LARGE,
    /** It was older than {@code event_ttl}. */
    EXPIRED;

    /** The name in records and output. */
    public String wireName() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
