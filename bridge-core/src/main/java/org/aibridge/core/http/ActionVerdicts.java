package org.aibridge.core.http;

import java.util.Map;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.Verdict;

/** Judges answers to polls and to results, by the tables of {@code docs/protocol.md}. */
final class ActionVerdicts {
  /** After this many statuses 404, 405, 410 or 501 in a row, actions count as unavailable. */
  static final int BELIEVED = 3;

  private static final int NOT_FOUND = 404;

  private ActionVerdicts() {}

  /**
   * Judges the answer to a poll, from the arguments alone.
   *
   * @param path where was asked
   * @param heldMs how long the service was asked to hold the poll, in milliseconds; 0 for not at
   *     all
   * @param unknown the number of answers in a row, this one included, for which {@link
   *     #knowsNoActions} is true
   */
  static Offered offered(Answer answer, String path, long heldMs, int unknown) {
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
        ? new Offered.Unavailable(answer.problem() + " to GET " + path)
        : new Offered.Nothing(EventVerdicts.notTaken(answer, reply));
  }

  /** True if the status says that the service does not have the path. */
  static boolean knowsNoActions(Answer answer) {
    return switch (answer.status()) {
      case 404, 405, 410, 501 -> true;
      default -> false;
    };
  }

  /**
   * Judges the answer to {@code size} results, from the arguments alone. A 404 to a single result
   * counts as delivered, if unclear: a service that no longer knows the action needs no result, and
   * one that offers the action again is told again.
   */
  static Verdict told(Answer answer, int size) {
    boolean over =
        size == 1 && answer.kind() == Answer.Kind.REFUSED && answer.status() == NOT_FOUND;
    Verdict.Reply reply = EventVerdicts.reply(answer, "");
    return answer.kind() == Answer.Kind.OK || over
        ? new Verdict.Delivered(reply, Map.of(), over)
        : EventVerdicts.notTaken(answer, reply);
  }
}
