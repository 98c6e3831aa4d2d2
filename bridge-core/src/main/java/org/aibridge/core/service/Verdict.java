package org.aibridge.core.service;

import java.util.Map;

/** What the AI service made of a batch of events, or of results: all that the stages act on. */
public sealed interface Verdict {
  /** What came, for letters, counters and people. */
  Reply reply();

  /**
   * The batch is taken.
   *
   * @param rejected why the service does not want single events of it, by their index
   */
  record Delivered(Reply reply, Map<Integer, String> rejected) implements Verdict {
    /** With nothing rejected. */
    public static Delivered whole(Reply reply) {
      return new Delivered(reply, Map.of());
    }
  }

  /** Something in the batch is wrong and will be again: the service takes it in smaller parts. */
  record Refused(Reply reply) implements Verdict {}

  /** The batch has more bytes than the service takes. */
  record TooLarge(Reply reply) implements Verdict {}

  /**
   * It is to be sent again.
   *
   * @param ordered whether the service said when, which the sink or the source knows
   * @param atOnce whether it said "at once", which is no reason to ask as fast as it can refuse
   */
  record Later(Reply reply, boolean ordered, boolean atOnce) implements Verdict {}

  /** Nothing is taken until something has changed, which the sink or the source knows. */
  record Held(Reply reply) implements Verdict {}

  /**
   * A shortage of our own, such as of descriptors or threads: the service has said nothing. No
   * attempt is used up.
   */
  record NotSent(Reply reply) implements Verdict {}

  /**
   * What came.
   *
   * @param code the engine's own number for it; 0 for no answer
   * @param problem why it is not {@link Delivered}, in one sentence; empty when it is
   * @param text the beginning of the answer, without secrets
   * @param said what came instead of what was asked for, in words for a person; empty for nothing
   * @param failing whether the service failed; not if it wants us to wait, or refuses what we ask
   * @param latencyNanos from sending to the whole answer
   */
  record Reply(
      int code, String problem, String text, String said, boolean failing, long latencyNanos) {
    /** Whether the service answered at all. */
    public boolean isAnswer() {
      return code > 0;
    }
  }
}
