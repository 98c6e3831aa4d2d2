package org.aibridge.core.journal;

import java.io.IOException;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Puts changed routes in force once all that was in a ring when the process began is in a journal
 * by the old ones. For the journal's thread.
 */
final class RouteChange {
  private static final Logger log = Logs.of(RouteChange.class);

  private final Journal journal;
  private final LogThrottle throttle;

  /** The position in the ring up to which events still go by the old routes. */
  private long until;

  private boolean open;

  RouteChange(Journal journal, RingDrain ring, BridgeClock clock) {
    this.journal = journal;
    this.throttle = new LogThrottle(clock);
    this.until = ring.tail();
    this.open = journal.branches().stream().anyMatch(Branch::isChanging);
  }

  /** Notes that the ring was replaced after all its events were journaled. */
  void ringReplaced() {
    until = 0;
  }

  /** Applies changed routes that are due; {@code ring} must have freed all events it has read. */
  void look(RingDrain ring) {
    if (!open || ring.position() < until || isHalfMoved(ring)) {
      return;
    }
    try {
      for (Branch branch : journal.branches()) {
        if (branch.isChanging()) {
          branch.changeOver();
        }
      }
      open = false;
    } catch (IOException e) {
      throttle.run(
          "routes",
          () ->
              log.error(
                  "events go by the earlier routes: {}", Reason.sentence(e), Reason.trace(e)));
    }
  }

  /** True if a branch already has events that the ring will show again after a failure. */
  private boolean isHalfMoved(RingDrain ring) {
    return journal.branches().stream().anyMatch(branch -> branch.has(ring));
  }
}
