package org.aibridge.core.http;

import org.aibridge.core.service.Offered;
import org.aibridge.core.service.Verdict;

/** What an answer to a poll, or to results, means; the tables of {@code docs/protocol.md}. */
final class ActionVerdicts {
  /** So often in a row a service says that it has no actions until it is believed. */
  static final int BELIEVED = 3;

  private static final int NOT_FOUND = 404;

  private ActionVerdicts() {}

  /**
   * Judges the answer to a poll. Depends on nothing else.
   *
   * @param heldMs how long it was to be held
   * @param unknown how often in a row, this answer included, {@link #knowsNoActions} was so
   */
  static Offered offered(Answer answer, long heldMs, int unknown) {
    Verdict.Reply reply = EventVerdicts.reply(answer, "");
    if (answer.kind() == Answer.Kind.OK) {
      return new Offered.Actions(answer.body(), heldMs);
    }
    if (answer.kind() == Answer.Kind.CANCELLED || answer.kind() == Answer.Kind.LOCAL_FAILURE) {
      return new Offered.Nothing(new Verdict.NotSent(reply));
    }
    if (answer.kind() == Answer.Kind.REFUSED && heldMs > 0) {
      return new Offered.NotHeld();
    }
    return unknown >= BELIEVED
        ? new Offered.Unavailable(answer.problem() + " to GET " + ServiceRequest.ACTIONS)
        : new Offered.Nothing(EventVerdicts.notTaken(answer, reply));
  }

  /** Whether the service knows no such path. */
  static boolean knowsNoActions(Answer answer) {
    return switch (answer.status()) {
      case 404, 405, 501 -> true;
      default -> false;
    };
  }

  /**
   * Judges the answer to {@code size} results. Depends on nothing else. Who no longer knows the one
   * id it is told of needs to hear no more of it.
   */
  static Verdict told(Answer answer, int size) {
    boolean over =
        size == 1 && answer.kind() == Answer.Kind.REFUSED && answer.status() == NOT_FOUND;
    Verdict.Reply reply = EventVerdicts.reply(answer, "");
    return answer.kind() == Answer.Kind.OK || over
        ? Verdict.Delivered.whole(reply)
        : EventVerdicts.notTaken(answer, reply);
  }
}
