package org.aibridge.core.dispatch;

/** Makes the idempotency key of a part of a batch. Confined to the dispatcher's thread. */
final class BatchKey {
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private BatchKey() {}

  /**
   * Returns the key of {@code part}: the same for each attempt at the same events, also in the next
   * process, and never the same for other events. The number of lanes is part of the key, since it
   * decides which events lie between the first and the last; so are those of them that are left
   * out.
   */
  static String of(String serverId, LaneQueue queue, BatchPart part, int lanes) {
    String key =
        serverId
            + ":"
            + queue.sequence(part.from())
            + "-"
            + queue.sequence(part.to() - 1)
            + ":"
            + part.size()
            + ":"
            + lanes;
    return isWhole(queue, part) ? key : key + ":" + Long.toHexString(mixed(queue, part));
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
