package org.aibridge.core.service;

import java.util.List;

/** The outcome of a poll for actions. The actions stage sees only this, not the answer itself. */
public sealed interface Offered {
  /**
   * Actions, or none at the moment.
   *
   * @param json the contract's object with all of them, in UTF-8; empty for none
   * @param heldMs for how long the service was asked to wait for one, in milliseconds; 0 when it
   *     was not
   */
  record Actions(byte[] json, long heldMs) implements Offered {}

  /**
   * Actions of a log that keeps them, or none at the moment. The source does not remember how far
   * it has offered: the position of what was taken comes back with the next asking, also in the
   * next process.
   *
   * @param records oldest first
   * @param position the position behind all of them
   * @param heldMs for how long the service was asked to wait for one, in milliseconds; 0 when it
   *     was not
   */
  record Records(List<Record> records, String position, long heldMs) implements Offered {}

  /**
   * One action of a log.
   *
   * @param json the contract's object, in UTF-8
   * @param sinceMs when it came into the log, in milliseconds since the epoch
   * @param position the position behind it; never empty
   */
  record Record(byte[] json, long sinceMs, String position) {}

  /**
   * The service refuses to keep a poll open: the next poll is due at once, and asks for an answer
   * now.
   */
  record NotHeld() implements Offered {}

  /**
   * The service has no actions at all.
   *
   * @param problem how it says so, in words
   */
  record Unavailable(String problem) implements Offered {}

  /**
   * Nothing came.
   *
   * @param why never {@link Verdict.Delivered}; {@link Verdict.NotSent} also when we gave up
   *     ourselves
   */
  record Nothing(Verdict why) implements Offered {}
}
