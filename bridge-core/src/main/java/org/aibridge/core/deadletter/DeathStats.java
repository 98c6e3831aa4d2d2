package org.aibridge.core.deadletter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the events that became dead letters in this life of the bridge, by their reason, and tells
 * their kinds apart. Written by the dispatcher's thread, read by any.
 */
public final class DeathStats {
  /** The maximum number of kinds to tell apart; a service normally causes only a few. */
  static final int MAX_KINDS = 64;

  /** For how many minutes deaths count as recent. */
  public static final int RECENT_MINUTES = 10;

  private static final int SLOTS = RECENT_MINUTES + 1;
  private static final long MINUTE_MS = 60_000;

  private static final Kind FURTHER =
      new Kind("", "and of more kinds than the " + MAX_KINDS + " that are told one by one");

  private final AtomicLongArray counts = new AtomicLongArray(DeadLetter.Reason.values().length);
  private volatile List<Kind> kinds = List.of();
  private volatile long newestMs;

  /** The deaths of the latest minutes, each minute in the slot of its remainder. */
  private final AtomicLongArray minutes = new AtomicLongArray(SLOTS);

  /** Which minute since the epoch each slot is about. */
  private final AtomicLongArray minuteOf = new AtomicLongArray(SLOTS);

  /**
   * What letters of one cause have in common.
   *
   * @param fingerprint the name by which {@code dlq} finds them; empty for all further ones
   * @param what the cause in readable form
   */
  public record Kind(String fingerprint, String what) {}

  void add(DeadLetter letter) {
    counts.getAndIncrement(letter.reason().ordinal());
    addTo(Math.floorDiv(letter.deadAtMs(), MINUTE_MS));
    newestMs = letter.deadAtMs();
    if (kinds.size() <= MAX_KINDS) {
      String what = LetterRecord.fingerprint(letter);
      String name = LetterFingerprint.name(LetterFingerprint.hash(what));
      if (kinds.stream().noneMatch(kind -> kind.fingerprint().equals(name))) {
        List<Kind> more = new ArrayList<>(kinds);
        more.add(kinds.size() < MAX_KINDS ? new Kind(name, what) : FURTHER);
        kinds = List.copyOf(more);
      }
    }
  }

  private void addTo(long minute) {
    int slot = (int) Math.floorMod(minute, (long) SLOTS);
    if (minuteOf.get(slot) != minute) {
      minutes.set(slot, 0);
      minuteOf.set(slot, minute);
    }
    minutes.getAndIncrement(slot);
  }

  /**
   * The number of events that died in the {@value #RECENT_MINUTES} minutes before {@code nowMs}.
   */
  public long recent(long nowMs) {
    long now = Math.floorDiv(nowMs, MINUTE_MS);
    long sum = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      long minute = minuteOf.get(slot);
      sum += minute > now - RECENT_MINUTES && minute <= now ? minutes.get(slot) : 0;
    }
    return sum;
  }

  /** When the last event died, in milliseconds since the epoch; 0 for never. */
  public long newestMs() {
    return newestMs;
  }

  /** The number of events that became dead letters for {@code reason}. */
  public long count(DeadLetter.Reason reason) {
    return counts.get(reason.ordinal());
  }

  /** The kinds, oldest first; beyond the limit, one kind stands for all others. */
  public List<Kind> kinds() {
    return kinds;
  }
}
