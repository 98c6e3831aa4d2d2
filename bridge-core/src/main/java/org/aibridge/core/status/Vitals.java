package org.aibridge.core.status;

import org.aibridge.api.status.GateState;

/**
 * The counters and ages from which the state of the bridge is derived, all of one moment. "The
 * lane" is the one that stands longest: in which no event has had its end for the longest time.
 *
 * @param closed whether the bridge is closed
 * @param shortage what keeps the bridge itself from its work, such as a disk that is full; empty
 *     when nothing does
 * @param turn the command that ends the shortage; empty when it ends by itself
 * @param held why everything is held until somebody mends something; empty when nothing is held
 * @param paused why sending is paused though the service answers; empty when it is not paused
 * @param rejecting a sentence if the service rejects most events; else empty
 * @param breaker the breaker of events
 * @param breakerMs the time until the breaker lets a request through, in milliseconds; 0 when it
 *     does now
 * @param orderedMs the time for which the service has told us not to send, from now, in
 *     milliseconds; 0 for none
 * @param attemptMs the time until the lane's next attempt, in milliseconds; 0 while one is under
 *     way
 * @param waiting the number of events that wait
 * @param oldestMs the age of the oldest waiting event, in milliseconds; 0 when none waits
 * @param standingMs the time for which no event of the lane has had its end, or none at all while
 *     no event can be read, in milliseconds; 0 when nothing waits. Events that go out one after the
 *     other stand for no time, however old they are
 * @param idleMs the time for which no event at all has had its end, in milliseconds; 0 when none
 *     waits
 * @param unansweredMs the time for which the lane's request has been under way, in milliseconds; 0
 *     when none is
 * @param failing whether the service failed at the lane's last attempt, and did not just want the
 *     lane to wait
 * @param said what the service last said instead of the expected answer, with its status, or why it
 *     said nothing; empty when all is well
 * @param answered whether {@code said} is an answer of the service
 * @param aside what else fails, though no event waits for it, with what the service said; empty for
 *     nothing
 * @param asideMs the time until the next attempt at {@code aside}, in milliseconds; {@link
 *     #NOT_AGAIN} if what failed is over
 * @param asideForMs the time for which {@code aside} has failed, in milliseconds; 0 when it does
 *     not
 */
public record Vitals(
    boolean closed,
    String shortage,
    String turn,
    String held,
    String paused,
    String rejecting,
    GateState breaker,
    long breakerMs,
    long orderedMs,
    long attemptMs,
    long waiting,
    long oldestMs,
    long standingMs,
    long idleMs,
    long unansweredMs,
    boolean failing,
    String said,
    boolean answered,
    String aside,
    long asideMs,
    long asideForMs) {

  /** The value for the next attempt if there will be none. */
  public static final long NOT_AGAIN = -1;

  /** The values when nothing is wrong and nothing waits. */
  public static final Vitals WELL =
      new Vitals(
          false,
          "",
          "",
          "",
          "",
          "",
          GateState.CLOSED,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          false,
          "",
          false,
          "",
          0,
          0);
}
