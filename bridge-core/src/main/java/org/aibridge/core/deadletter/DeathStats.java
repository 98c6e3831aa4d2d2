package org.aibridge.core.deadletter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts the events that became dead letters in this life of the bridge, by their reason, and tells
 * their kinds apart. Written by the dispatcher's thread, read by any.
 */
public final class DeathStats {
  /** The most kinds that are told apart; a service normally causes only a few. */
  static final int MAX_KINDS = 64;

  private static final Kind FURTHER =
      new Kind("", "and of more kinds than the " + MAX_KINDS + " that are told one by one");

  private final AtomicLongArray counts = new AtomicLongArray(DeadLetter.Reason.values().length);
  private volatile List<Kind> kinds = List.of();

  /**
   * What letters of one cause have in common.
   *
   * @param fingerprint the name by which {@code dlq} finds them; empty for all further ones
   * @param what the cause in readable form
   */
  public record Kind(String fingerprint, String what) {}

  void add(DeadLetter letter) {
    counts.getAndIncrement(letter.reason().ordinal());
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

  /** The number of events that died for {@code reason}. */
  public long count(DeadLetter.Reason reason) {
    return counts.get(reason.ordinal());
  }

  /** The first kinds there were, in their order; behind them one for all others, if there are. */
  public List<Kind> kinds() {
    return kinds;
  }
}
