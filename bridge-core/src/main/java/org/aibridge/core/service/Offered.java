package org.aibridge.core.service;

/** The outcome of a request for actions; the actions stage sees nothing else of it. */
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
