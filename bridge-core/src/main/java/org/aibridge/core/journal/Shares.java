package org.aibridge.core.journal;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.run.Logs;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Divides the journal's room among the sinks, in equal shares: a sink that takes nothing fills its
 * own, and then the host is told to refuse what goes there. Without routes there is nothing to
 * divide.
 *
 * <p>A share is a bound on what is accepted, not on what is appended: what is in the ring was
 * accepted, and would keep the events of the other sinks there. For the journal's thread, but for
 * {@link #bytes} and {@link #problem}.
 */
public final class Shares {
  private static final Logger log = Logs.of(Shares.class);

  private final Journal journal;
  private final long maxBytes;
  private final long reserveBytes;

  /** The size of each share, in bytes; 0 until the free disk space is known. */
  private volatile long bytes;

  /** The number of sinks that get events now. */
  private int sinks = 1;

  /** The kinds of events that are refused now. */
  private volatile long refused = EventKinds.NONE;

  /** False if the host cannot refuse single kinds of events, but only all events. */
  private boolean heeded = true;

  /**
   * @param maxBytes the cap on all journals together; 0 for what the disk has
   * @param reserveBytes the free bytes of the disk that are left alone
   */
  Shares(Journal journal, long maxBytes, long reserveBytes) {
    this.journal = journal;
    this.maxBytes = maxBytes;
    this.reserveBytes = reserveBytes;
  }

  /** The bytes that each sink's journal may take; 0 without routes. Any thread. */
  public long bytes() {
    return bytes;
  }

  /** True if an event of {@code kind} is to be refused. Any thread. */
  boolean refuses(long kind) {
    return (kind & refused) != 0;
  }

  /** Returns the events of {@code all} that come before the first event to refuse. */
  List<byte[]> fitting(List<byte[]> all) {
    int count = 0;
    while (count < all.size() && !refuses(EventKinds.of(new UnsafeBuffer(all.get(count)), 0))) {
      count++;
    }
    return all.subList(0, count);
  }

  /** True if the journal {@code its} fills its share, so its events are refused. Any thread. */
  boolean isFull(Journal its) {
    return bytes > 0 && its.bytes() >= bytes;
  }

  /** Computes the size of the shares from the limits and the free disk space. */
  void measure() {
    if (journal.branches().isEmpty()) {
      return;
    }
    long room =
        maxBytes > 0
            ? maxBytes
            : journal.ofAll(Journal::bytes) + Math.max(0, journal.freeBytes() - reserveBytes);
    sinks = 1;
    for (Branch branch : journal.branches()) {
      sinks += branch.isRouted() ? 1 : 0;
      room -= branch.isRouted() ? 0 : branch.journal.bytes();
    }
    bytes = Math.max(1, room / sinks);
  }

  /** Makes the host refuse events of full shares, and accept them again once there is room. */
  void apply(EventSource source) {
    if (journal.branches().isEmpty()) {
      return;
    }
    long now = EventKinds.NONE;
    long elsewhere = EventKinds.NONE;
    List<String> full = new ArrayList<>();
    for (Branch branch : journal.branches()) {
      elsewhere |= branch.routed();
      if (branch.isRouted() && isFull(branch.journal)) {
        now |= branch.routed();
        full.add(problem(branch.journal));
      }
    }
    if (isFull(journal)) {
      now |= EventKinds.ALL & ~elsewhere;
      full.add(problem(journal));
    }
    if (now != refused) {
      refused = now;
      heeded = source.refuse(now);
      if (full.isEmpty()) {
        log.info("{} has room again; events are accepted", journal.folder());
      } else {
        full.forEach(problem -> log.error("{}", problem));
      }
    }
  }

  /**
   * Returns why all events must be refused, where the host cannot refuse those of a full share
   * alone: all shares together are full. Empty if they need not.
   */
  String overflow() {
    long all = journal.ofAll(Journal::bytes);
    return heeded || all < bytes * sinks
        ? ""
        : Sentence.of(
            "%s holds %d MB, and its files may take %d MB (max_mb)",
            journal.folder(), all >> 20, bytes * sinks >> 20);
  }

  /** Returns why events for the journal {@code its} are refused; empty if they are not. */
  public String problem(Journal its) {
    return isFull(its)
        ? Sentence.of(
            "%s holds %d MB, and its share is %d MB; new events for it are refused, and lost",
            its.folder(), its.bytes() >> 20, bytes >> 20)
        : "";
  }
}
