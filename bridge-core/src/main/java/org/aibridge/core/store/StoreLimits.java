package org.aibridge.core.store;

/**
 * How much a log may take.
 *
 * @param segmentBytes after how many bytes a new segment begins
 * @param reserveBytes how much free space of the disk appending leaves alone
 * @param maxBytes how much all segments together may take on disk, or 0 for what the disk has. Only
 *     whole segments are ever deleted, so with a cap a segment is a quarter of it at most.
 */
public record StoreLimits(long segmentBytes, long reserveBytes, long maxBytes) {
  /** The smallest cap but none, in bytes: a quarter of it takes the largest record. */
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
