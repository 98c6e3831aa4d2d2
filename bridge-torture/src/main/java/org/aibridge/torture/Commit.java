package org.aibridge.torture;

import java.util.List;

/**
 * One batch the service took for good, whatever it answered.
 *
 * @param order the place in the order of arrival, from 0
 * @param epochMs when, in milliseconds since the epoch
 * @param key the idempotency key; empty when there was none
 * @param contentSum the CRC-32C of the body, after decompression
 * @param events the events in the order of the body
 */
public record Commit(
    long order, long epochMs, String key, int contentSum, List<CommittedEvent> events) {
  /** Copies {@code events}. */
  public Commit {
    events = List.copyOf(events);
  }
}
