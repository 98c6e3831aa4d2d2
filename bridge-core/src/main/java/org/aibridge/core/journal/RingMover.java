package org.aibridge.core.journal;

import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Moves what a ring has into the main journal and its branches, each event into one. For the
 * journal's thread, but for the counters.
 */
final class RingMover {
  /** The most bytes of the ring that are moved in one step. */
  private static final int MOVE_BYTES = 256 << 10;

  private static final int MAX_MOVES = 16;

  private static final Logger log = Logs.of(RingMover.class);

  private final Journal main;
  private final LogThrottle throttle;
  private final TypeCounts types = new TypeCounts();
  private List<Branch> branches = List.of();

  /** The number of malformed events since the last append. */
  private int skipped;

  /** The number of bytes gathered for all journals since the last append. */
  private int gathered;

  private boolean recovering;
  private volatile long malformed;
  private volatile long lost;
  private volatile long carriedInRing;

  /** Behind what counts in {@link #carriedInRing}: the ring may show it again. */
  private long carriedTo;

  RingMover(Journal main, BridgeClock clock) {
    this.main = main;
    this.throttle = new LogThrottle(clock);
  }

  void branchInto(List<Branch> others) {
    branches = others;
  }

  /** The number of events lost because they were malformed in a ring. Any thread. */
  long malformed() {
    return malformed;
  }

  /** The number of events lost in a ring. Any thread. */
  long lost() {
    return lost;
  }

  /** See {@link Journal#carriedInRing}. */
  long carriedInRing() {
    return carriedInRing;
  }

  /** See {@link Journal#movedByType}. */
  Map<String, Long> movedByType() {
    Map<String, Long> all = types.byName();
    for (Branch branch : branches) {
      branch.types.byName().forEach((type, count) -> all.merge(type, count, Long::sum));
    }
    return all;
  }

  /** Counts events that were lost in a ring. */
  void lose(long events) {
    lost += events;
  }

  /** See {@link Journal#recover}. */
  int recover(RingDrain leftovers) {
    long before = main.ofAll(Journal::moved);
    long start = leftovers.position();
    boolean whole = false;
    recovering = true;
    clear();
    try {
      leftovers.readLeftovers(
          (buffer, index, length) -> {
            if (gathered > 0 && gathered + length > MOVE_BYTES) {
              append(leftovers);
            }
            take(leftovers, buffer, index, length);
          });
      append(leftovers);
      whole = true;
    } finally {
      recovering = false;
      if (!whole) {
        leftovers.rewindTo(start);
      }
    }
    return (int) (main.ofAll(Journal::moved) - before);
  }

  /** See {@link Journal#move}. */
  int move(RingDrain ring) {
    int events = 0;
    for (int i = 0; i < MAX_MOVES; i++) {
      int count = moveSome(ring);
      ring.free();
      if (count == 0) {
        break;
      }
      events += count;
    }
    return events;
  }

  /** See {@link Journal#moveSealed}. */
  int moveSealed(RingDrain ring) {
    int events = 0;
    long before;
    do {
      before = ring.position();
      events += moveSome(ring);
    } while (ring.position() > before);
    return events;
  }

  /** See {@link Journal#replay}. */
  void replay(List<byte[]> events) {
    Journal last = main;
    last.record.clear();
    for (byte[] event : events) {
      UnsafeBuffer bytes = new UnsafeBuffer(event);
      Journal its = journalOf(EventKinds.of(bytes, 0));
      if (its != last || last.record.length() + event.length > MOVE_BYTES) {
        last.appendReplayed();
        last = its;
        last.record.clear();
      }
      last.record.add(bytes, 0, event.length);
    }
    last.appendReplayed();
  }

  /** See {@link Journal#add}. */
  void add(byte[] event) {
    UnsafeBuffer bytes = new UnsafeBuffer(event);
    Journal its = journalOf(EventKinds.of(bytes, 0));
    its.record.clear();
    its.record.add(bytes, 0, event.length);
    types.begin();
    types.add(bytes, 0);
    its.appendAdded();
    types.moved();
  }

  private Journal journalOf(long kind) {
    for (Branch branch : branches) {
      if (branch.takes(kind)) {
        return branch.journal;
      }
    }
    return main;
  }

  private int moveSome(RingDrain ring) {
    long before = ring.position();
    boolean stored = false;
    clear();
    try {
      ring.read(MOVE_BYTES, (buffer, index, length) -> take(ring, buffer, index, length));
      int count = taken();
      append(ring);
      stored = true;
      return count;
    } finally {
      if (!stored) {
        ring.rewindTo(before);
      }
    }
  }

  /** Returns the number of gathered events that all journals together append next. */
  private int taken() {
    int count = main.record.count();
    for (Branch branch : branches) {
      count += branch.journal.record.count();
    }
    return count;
  }

  private void clear() {
    main.record.clear();
    branches.forEach(branch -> branch.journal.record.clear());
    types.begin();
    branches.forEach(branch -> branch.types.begin());
    skipped = 0;
    gathered = 0;
  }

  private void take(RingDrain ring, DirectBuffer buffer, int index, int length) {
    if (!EventCodec.isWellFormed(buffer, index, length)) {
      skipped++;
      return;
    }
    gathered += length;
    long kind = EventKinds.of(buffer, index);
    for (Branch branch : branches) {
      if (branch.takes(kind)) {
        if (!branch.has(ring)) {
          branch.journal.record.add(buffer, index, length);
          branch.types.add(buffer, index);
        } else if (!recovering && branch.hadBefore(ring) && ring.position() >= carriedTo) {
          carriedTo = ring.position() + 1;
          carriedInRing++;
        }
        return;
      }
    }
    main.record.add(buffer, index, length);
    types.add(buffer, index);
  }

  /**
   * Appends what was taken to each journal, to the main one as the last: what it has tells a next
   * start from where on the ring is to be read.
   */
  private void append(RingDrain ring) {
    for (Branch branch : branches) {
      branch.journal.append(ring.generation(), ring.position(), recovering);
      branch.types.moved();
    }
    main.append(ring.generation(), ring.position(), recovering);
    types.moved();
    gathered = 0;
    if (skipped > 0) {
      noteMalformed(skipped);
      skipped = 0;
    }
  }

  /**
   * Counts events that damage to the ring's file has made unreadable. In this process's own ring
   * they were accepted, so they count as lost there.
   */
  private void noteMalformed(int events) {
    malformed += events;
    lost += recovering ? 0 : events;
    throttle.run(
        "malformed",
        () ->
            log.error(
                "{} events in the ring are damaged and lost: somebody wrote over its file",
                malformed));
  }
}
