package org.aibridge.core.dispatch;

/**
 * What an operator is told of a lane.
 *
 * @param sink where its events go
 * @param number the lane's number
 * @param events how many of its events were read and have not ended
 * @param oldestMs the age of the oldest one, in milliseconds; 0 for none
 * @param state {@code idle}, {@code gathers}, {@code is sent} or {@code waits}
 * @param batch the idempotency key of the batch that has events of the lane; empty for none
 * @param batchEvents the number of events in that batch, of all its lanes
 * @param nextMs the time until the batch is sent again, in milliseconds; 0 while it is under way
 * @param said what came last instead of an acknowledgement; empty for nothing
 */
public record LaneState(
    String sink,
    int number,
    int events,
    long oldestMs,
    String state,
    String batch,
    int batchEvents,
    long nextMs,
    String said) {

  /** Returns a copy of this state with {@code sink} as the sink. */
  LaneState of(String sink) {
    return new LaneState(sink, number, events, oldestMs, state, batch, batchEvents, nextMs, said);
  }
}
