package org.aibridge.core.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Makes the idempotency key of a batch. Confined to the dispatcher's thread. */
final class BatchKey {
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  /**
   * Tells a part of a batch from all other parts of its lane.
   *
   * @param first the sequence of the first event
   * @param last the sequence of the last event
   * @param size the number of events that are sent
   * @param gaps what tells the events between these from each other if some are left out; else
   *     empty
   */
  record Limits(long first, long last, int size, String gaps) {
    static Limits of(LaneQueue queue, BatchPart part) {
      return new Limits(
          queue.sequence(part.from()),
          queue.sequence(part.to() - 1),
          part.size(),
          isWhole(queue, part) ? "" : ":" + Long.toHexString(mixed(queue, part)));
    }

    /** True if no event between the first and the last was left out. */
    private static boolean isWhole(LaneQueue queue, BatchPart part) {
      boolean whole = part.refused().isEmpty();
      for (int i = part.from(); i < part.to() - 1; i++) {
        whole &= queue.filteredBehind(i) == 0;
      }
      return whole;
    }

    private static long mixed(LaneQueue queue, BatchPart part) {
      long mixed = 0;
      for (int i = 0; i < part.size(); i++) {
        mixed = (mixed ^ queue.sequence(part.at(i))) * MIX;
        mixed ^= mixed >>> 32;
      }
      return mixed;
    }
  }

  private BatchKey() {}

  /**
   * Returns the key of a batch of {@code parts}: the same for each attempt at the same events, also
   * in the next process, and never the same for other events. The number of lanes is part of the
   * key, since it decides which events of a lane lie between the first and the last; so are those
   * of them that are left out, and a sum of all parts' limits where there are several.
   */
  static String of(String serverId, List<Limits> parts, int lanes) {
    long first = Long.MAX_VALUE;
    long last = 0;
    int size = 0;
    StringBuilder all = new StringBuilder();
    for (Limits part : parts) {
      first = Math.min(first, part.first);
      last = Math.max(last, part.last);
      size += part.size;
      all.append(part.first).append('-').append(part.last).append(':').append(part.size);
      all.append(part.gaps).append(' ');
    }
    String key = serverId + ":" + first + "-" + last + ":" + size + ":" + lanes;
    return parts.size() == 1
        ? key + parts.get(0).gaps
        : key + ":" + UUID.nameUUIDFromBytes(all.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
