package org.aibridge.core.store;

/**
 * The limits on the disk space of a log.
 *
 * @param segmentBytes the size in bytes at which a new segment begins
 * @param reserveBytes the free bytes of the disk that appends leave alone
 * @param maxBytes the cap on all segments together in bytes, or 0 for no cap. Only whole segments
 *     are ever deleted, so with a cap a segment is a quarter of it at most.
 */
public record StoreLimits(long segmentBytes, long reserveBytes, long maxBytes) {
  /** The smallest cap other than 0, in bytes; the largest record fits in a quarter of it. */
  public static final long MIN_CAP = 8 << 20;

  private static final int SEGMENTS_IN_CAP = 4;

  public StoreLimits {
    if (maxBytes < 0 || maxBytes > 0 && maxBytes < MIN_CAP) {
      throw new IllegalArgumentException(
          "maxBytes must be 0 or >= " + MIN_CAP + ", was " + maxBytes);
    }
    if (maxBytes > 0) {
      segmentBytes = Math.min(segmentBytes, maxBytes / SEGMENTS_IN_CAP);
    }
  }
}
