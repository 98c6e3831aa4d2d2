package org.aibridge.core.service;

import java.util.Map;

/** The AI service's verdict on a batch of events or results. The stages see only the verdict. */
public sealed interface Verdict {
  /** Returns the reply, for dead letters, counters and people. */
  Reply reply();

  /**
   * The service has taken the batch.
   *
   * @param rejected for each event that the service does not want, its index in the batch and the
   *     reason
   * @param unclear whether the service took less than all and does not say of what: it rejected
   *     something and named no event of the batch, or it does not know the result's action
   */
  record Delivered(Reply reply, Map<Integer, String> rejected, boolean unclear) implements Verdict {
    /** Creates a verdict without any rejected event. */
    public static Delivered whole(Reply reply) {
      return new Delivered(reply, Map.of(), false);
    }
  }

  /**
   * Something in the batch is wrong and will stay wrong; the service may take a part of the batch.
   *
   * @param named for each event that the service says is wrong, its index in the batch and the
   *     reason; empty if it does not say
   */
  record Refused(Reply reply, Map<Integer, String> named) implements Verdict {
    /** Creates a verdict that does not name any event. */
    public static Refused unnamed(Reply reply) {
      return new Refused(reply, Map.of());
    }
  }

  /** The batch has more bytes than the service takes. */
  record TooLarge(Reply reply) implements Verdict {}

  /**
   * The batch is to be sent again.
   *
   * @param ordered whether the service said when; the sink or the source knows the time
   * @param atOnce whether the service said "at once", which is no reason to send as fast as it can
   *     refuse
   */
  record Later(Reply reply, boolean ordered, boolean atOnce) implements Verdict {}

  /** The service takes nothing at present; the sink or the source decides when to ask again. */
  record Held(Reply reply) implements Verdict {}

  /**
   * A shortage of our own, such as of descriptors or threads: the service has said nothing. No
   * attempt is used up.
   */
  record NotSent(Reply reply) implements Verdict {}

  /**
   * The service's reply.
   *
   * @param code the engine's own number for the answer; 0 for no answer
   * @param problem why the verdict is not {@link Delivered}, in one sentence; empty when it is
   * @param text the beginning of the answer, without secrets
   * @param said what came instead of an acknowledgement, in words for a person; empty for nothing
   * @param failing whether the service failed; false if it wants us to wait, or refuses what we
   *     send
   * @param latencyNanos the time from sending to the whole answer
   */
  record Reply(
      int code, String problem, String text, String said, boolean failing, long latencyNanos) {
    /** Returns this reply with the text {@code reason}, which the service gave for one event. */
    public Reply about(String reason) {
      return new Reply(code, problem, reason, said, failing, latencyNanos);
    }

    /** True if the service answered at all. */
    public boolean isAnswer() {
      return code > 0;
    }
  }
}
