package org.aibridge.core.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Numbers of items or monsters, as an operator lists them.
 *
 * @param ranges the ranges as they were written, in that order
 */
public record IdRanges(List<Range> ranges) {
  /** Copies the list. */
  public IdRanges {
    ranges = List.copyOf(ranges);
  }

  /** Numbers from {@code first} to {@code last}, both included. */
  public record Range(long first, long last) {
    @Override
    public String toString() {
      return first == last ? Long.toString(first) : first + "-" + last;
    }
  }

  /** True if {@code id} is listed. Allocates nothing. */
  public boolean contains(long id) {
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      if (id >= range.first && id <= range.last) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return ranges.stream().map(Range::toString).collect(Collectors.joining(", "));
  }
}
