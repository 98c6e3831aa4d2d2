package org.aibridge.core.status;

/**
 * What the state of the bridge is told from: counters and ages, all of one moment.
 *
 * @param closed whether the bridge is closed
 * @param shortage what keeps the bridge itself from its work, such as a disk that is full; empty
 *     when nothing does
 * @param turn which command ends the shortage; empty when it ends by itself
 * @param held why everything is held until somebody mends something; empty when nothing is
 * @param paused why sending pauses though the service answers; empty when it does not
 * @param rejecting that the service rejects most events; empty when it does not
 * @param breaker {@code closed}, {@code open} or {@code half_open}
 * @param breakerMs until the breaker lets a request through, in milliseconds; 0 when it does
 * @param orderedMs for how long the service has told us to stay away from now; 0 when it has not
 * @param attemptMs until the next attempt of what has stood the longest; 0 when it is under way
 * @param waiting events that wait
 * @param oldestMs the age of the oldest of them; 0 when none waits
 * @param standingMs for how long nothing has come to its end of the lane that stands the longest,
 *     or of all while none can be read; 0 when nothing waits. Events that go out one after the
 *     other stand for no time, however old they are
 * @param idleMs for how long no event at all has had its end; 0 when none waits
 * @param unansweredMs for how long the request has been under way that the lane which stands the
 *     longest waits for; 0 when it waits for none
 * @param failing whether the service failed when that lane last asked, and did not just want it to
 *     wait
 * @param said what the service last said instead of what we asked for, with its status, or why it
 *     said nothing; empty when all is well
 * @param answered whether {@code said} is an answer of the service's
 * @param aside what else fails, though no event waits for it, with what the service said; empty for
 *     nothing
 * @param asideMs until that is tried again, in milliseconds
 * @param asideForMs for how long it has failed, in milliseconds; 0 when it does not
 */
public record Vitals(
    boolean closed,
    String shortage,
    String turn,
    String held,
    String paused,
    String rejecting,
    String breaker,
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

  /** With nothing wrong and nothing waiting. */
  public static final Vitals WELL =
      new Vitals(
          false, "", "", "", "", "", "closed", 0, 0, 0, 0, 0, 0, 0, 0, false, "", false, "", 0, 0);
}
