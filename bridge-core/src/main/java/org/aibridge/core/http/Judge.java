package org.aibridge.core.http;

import java.util.function.Function;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.Verdict;
import org.slf4j.Logger;

/** Judges answers; gives a verdict even if judging itself throws. Any thread. */
final class Judge {
  private static final Logger log = Logs.of(Judge.class);
  private static final String WHY =
      "an answer could not be judged, and what was asked is asked again";

  /** The verdict if judging fails, for example for lack of memory; created early for that case. */
  static final Verdict UNJUDGED = new Verdict.NotSent(new Verdict.Reply(0, WHY, "", WHY, false, 0));

  private final LogThrottle throttle;

  Judge(BridgeClock clock) {
    this.throttle = new LogThrottle(clock);
  }

  /** Returns the verdict of {@code judge}; {@code unjudged} if {@code judge} throws. */
  <T> T judged(Answer answer, Function<Answer, T> judge, T unjudged) {
    try {
      return judge.apply(answer);
    } catch (Throwable e) {
      tell(e);
      return unjudged;
    }
  }

  private void tell(Throwable e) {
    try {
      throttle.run("unjudged", () -> log.error("{}: {}", WHY, Reason.of(e), Reason.trace(e)));
    } catch (Throwable again) {
      return; // There is no memory left to report the failure.
    }
  }
}
