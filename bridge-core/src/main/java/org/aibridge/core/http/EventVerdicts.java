package org.aibridge.core.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Verdict;

/** Judges answers to batches of events, by the table of {@code docs/protocol.md}. */
final class EventVerdicts {
  /** The number of characters that are kept of an answer. */
  static final int MAX_TEXT = 2048;

  private EventVerdicts() {}

  /**
   * Judges the answer to {@code batch}, from the arguments alone.
   *
   * @param hideSecrets masks the secrets in a text
   */
  static Verdict of(Answer answer, EventBatch batch, UnaryOperator<String> hideSecrets) {
    return switch (answer.kind()) {
      case OK -> delivered(answer, batch, hideSecrets);
      case REFUSED -> refused(answer, batch, hideSecrets);
      case TOO_LARGE -> notTaken(answer, reply(answer, hideSecrets));
      default -> notTaken(answer, reply(answer, ""));
    };
  }

  /** Returns the verdict on any answer that is not {@code OK}. */
  static Verdict notTaken(Answer answer, Verdict.Reply reply) {
    return switch (answer.kind()) {
      case OK -> throw new IllegalArgumentException("it was taken");
      case REFUSED -> Verdict.Refused.unnamed(reply);
      case TOO_LARGE -> new Verdict.TooLarge(reply);
      case COME_BACK -> new Verdict.Later(reply, true, answer.retryAfterMs() <= 0);
      case FAILED, NO_ANSWER -> new Verdict.Later(reply, false, false);
      case LOCAL_FAILURE -> new Verdict.NotSent(reply);
      case UNAUTHORIZED, REDIRECT, BLOCKED, CANCELLED -> new Verdict.Held(reply);
    };
  }

  private static Verdict refused(
      Answer answer, EventBatch batch, UnaryOperator<String> hideSecrets) {
    return new Verdict.Refused(
        reply(answer, hideSecrets), NamedErrors.read(answer.body(), batch.size(), hideSecrets));
  }

  private static Verdict delivered(
      Answer answer, EventBatch batch, UnaryOperator<String> hideSecrets) {
    List<String> ids = new ArrayList<>();
    boolean[] unclear = {false};
    Map<String, String> reasons =
        RejectedEvents.read(
            answer.body(),
            () -> {
              ids.addAll(SentEvents.ids(batch.body()));
              if (ids.size() != batch.size()) {
                throw new IllegalStateException(
                    "a body of " + batch.size() + " events holds " + ids.size());
              }
              return SentEvents.known(ids);
            },
            () -> unclear[0] = true);
    if (reasons.isEmpty()) {
      return unclear[0]
          ? new Verdict.Delivered(reply(answer, hideSecrets), Map.of(), true)
          : Verdict.Delivered.whole(reply(answer, ""));
    }
    Map<Integer, String> rejected = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      String reason = reasons.get(ids.get(i));
      if (reason != null) {
        rejected.put(i, cut(hideSecrets.apply(reason)));
      }
    }
    return new Verdict.Delivered(reply(answer, hideSecrets), rejected, false);
  }

  private static Verdict.Reply reply(Answer answer, UnaryOperator<String> hideSecrets) {
    return reply(answer, cut(hideSecrets.apply(answer.text())));
  }

  private static String cut(String text) {
    return text.substring(0, Math.min(text.length(), MAX_TEXT));
  }

  static Verdict.Reply reply(Answer answer, String text) {
    return new Verdict.Reply(
        answer.status(),
        answer.problem(),
        text,
        answer.said(),
        answer.isFailure(),
        answer.latencyNanos());
  }
}
