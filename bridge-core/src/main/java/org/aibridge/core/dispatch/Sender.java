package org.aibridge.core.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts the events of the lanes together into batches, and sends those that are due. Confined to the
 * dispatcher's thread.
 *
 * <p>A lane that has a whole batch sends it alone, beside those of the others. What is less goes
 * with all that waits in other lanes once one of them is due and no request is under way, so that
 * few events need few requests; under load the lanes go on side by side. While the sink takes
 * nothing, everything gathers for one batch. A batch at which the service fails goes after those
 * that were not sent yet, which the sink may take in its place.
 */
final class Sender {
  /** Lanes with an urgent event come first, then those whose events have waited longest. */
  private static final Comparator<Lane> BY_NEED =
      Comparator.comparing(Lane::hasUrgent).reversed().thenComparingLong(Lane::oldestMs);

  private static final Comparator<LaneWork> BY_LANE = Comparator.comparingInt(LaneWork::lane);

  private final BatchContext context;

  /** The lanes whose events may share a batch; used only within {@link #begin}. */
  private final List<Lane> shared = new ArrayList<>();

  /** The lanes in {@link #shared} whose events are due. */
  private final List<Lane> due = new ArrayList<>();

  /** The time until which the sink accepts no new batch; valid if {@link #held} is true. */
  private long heldUntilNanos;

  /** True if the sink accepted no batch at the last try. */
  private boolean held;

  Sender(BatchContext context) {
    this.context = context;
  }

  /** True if events are due and the sink accepted no batch at the last try. */
  boolean isHeld() {
    return held;
  }

  /** The time of the next try; the current time unless {@link #isHeld}. */
  long nextNanos() {
    return held ? heldUntilNanos : context.clock.nanos();
  }

  /** Makes the next try due now. */
  void tryNow() {
    heldUntilNanos = context.clock.nanos();
  }

  /** Sends the events that are due; returns the number of steps done. */
  int send(List<Lane> lanes, boolean closing) {
    if (context.surge.isPaused()) {
      return probe(lanes, closing);
    }
    int done = sendAgain(lanes, false);
    if (isHeld() && context.clock.nanos() - heldUntilNanos < 0) {
      return done;
    }
    done += begin(lanes, closing);
    return held ? done : done + sendAgain(lanes, true);
  }

  /** Sends the batches that are due again, of those at which the service fails or of the others. */
  private int sendAgain(List<Lane> lanes, boolean failing) {
    int done = 0;
    for (Lane lane : lanes) {
      done += lane.isFailing() == failing && lane.sendAgain() ? 1 : 0;
    }
    return done;
  }

  /** Sends one event alone as a probe, from the lane whose turn it is. */
  private int probe(List<Lane> lanes, boolean closing) {
    int done = 0;
    for (Lane lane : lanes) {
      if (!context.surge.mayProbe(lane.number())) {
        continue;
      }
      Lane.Turn turn = lane.turn(closing);
      boolean sent = lane.sendAgain();
      if (turn != Lane.Turn.NONE && turn != Lane.Turn.JOIN) {
        sent = send(List.of(lane), 1) > 0;
      }
      if (lane.isSending()) {
        context.surge.probing(lane.number());
      }
      done += sent ? 1 : 0;
    }
    return done;
  }

  private int begin(List<Lane> lanes, boolean closing) {
    boolean gather = held;
    held = false;
    shared.clear();
    due.clear();
    int most = context.limits().maxBatchSize();
    int done = 0;
    boolean busy = false;
    for (int i = 0; i < lanes.size() && !held; i++) {
      Lane lane = lanes.get(i);
      Lane.Turn turn = lane.turn(closing);
      if (turn == Lane.Turn.RESUME) {
        done += send(resumed(lane, lanes), most);
      } else if (turn == Lane.Turn.ALONE || turn == Lane.Turn.FULL && !gather) {
        done += send(List.of(lane), most);
      } else if (turn != Lane.Turn.NONE) {
        shared.add(lane);
        if (turn != Lane.Turn.JOIN) {
          due.add(lane);
        }
      }
      busy |= lane.isSending();
    }
    if (due.isEmpty() || held) {
      return done;
    }
    if (gather || !busy) {
      return done + share(most);
    }
    for (int i = 0; i < due.size() && !held; i++) {
      done += send(List.of(due.get(i)), most);
    }
    return done;
  }

  /** Sends up to {@code most} events of the lanes in {@link #shared} in one batch. */
  private int share(int most) {
    int all = 0;
    for (Lane lane : shared) {
      all += lane.waiting();
    }
    if (all > most) {
      shared.sort(BY_NEED);
      int left = most;
      for (int i = 0; i < shared.size(); i++) {
        if (left <= 0) {
          shared.subList(i, shared.size()).clear();
          break;
        }
        left -= shared.get(i).waiting();
      }
    }
    return send(shared, most);
  }

  /**
   * Returns the lanes whose parts an earlier process sent in one batch with that of {@code lane};
   * none while their events are still being read, and {@code lane} alone if they are not all there
   * any more.
   */
  private List<Lane> resumed(Lane lane, List<Lane> lanes) {
    List<Lane> company = new ArrayList<>();
    boolean reading = false;
    boolean full = false;
    for (Lane other : lanes) {
      if (other.isResuming() && other.company() == lane.company()) {
        company.add(other);
        reading |= other.isReading();
        full |= !other.hasRoom();
      }
    }
    if (company.size() != Long.bitCount(lane.company()) || reading && full) {
      lane.leaveCompany();
      return List.of(lane);
    }
    return reading ? List.of() : company;
  }

  /** Sends a batch of up to {@code most} events of {@code lanes}; returns the steps done. */
  private int send(List<Lane> lanes, int most) {
    List<LaneWork> works = new ArrayList<>(lanes.size());
    int left = most;
    int done = 0;
    for (Lane lane : lanes) {
      LaneWork work = lane.begin(Math.max(1, left));
      if (work != null) {
        works.add(work);
        left -= work.partSize();
      } else if (lane.problem().isEmpty()) {
        done++; // Another step was needed first.
      }
    }
    if (!works.isEmpty()) {
      works.sort(BY_LANE);
      done += send(works, lanes) ? 1 : 0;
    }
    return done;
  }

  private boolean send(List<LaneWork> works, List<Lane> lanes) {
    try {
      long wait = new Batch(works, context).send();
      held = wait > 0;
      heldUntilNanos = context.clock.nanos() + wait;
      lanes.forEach(Lane::succeeded);
      return !held;
    } catch (Exception e) { // Chronicle can throw an IOException that it does not declare.
      lanes.forEach(lane -> lane.failed(e));
      return false;
    }
  }
}
