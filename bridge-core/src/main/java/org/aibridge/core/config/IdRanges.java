package org.aibridge.core.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.core.text.FoldedName;

/**
 * Numbers and names of items or monsters, as an operator lists them.
 *
 * @param ranges the ranges as they were written, in that order
 * @param names the names as they were written, in that order
 * @param folded the names in the form in which they count
 */
public record IdRanges(List<Range> ranges, List<String> names, Set<String> folded) {
  /** Copies the lists. */
  public IdRanges {
    ranges = List.copyOf(ranges);
    names = List.copyOf(names);
    folded = Set.copyOf(folded);
  }

  /** Creates a list of these ranges and names. */
  public IdRanges(List<Range> ranges, List<String> names) {
    this(ranges, names, names.stream().map(FoldedName::of).collect(Collectors.toSet()));
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

  /** True if {@code name}, or a form that a game may treat as the same name, is listed. */
  public boolean contains(String name) {
    return !folded.isEmpty() && folded.contains(FoldedName.of(name));
  }

  @Override
  public String toString() {
    return Stream.concat(ranges.stream().map(Range::toString), names.stream())
        .collect(Collectors.joining(", "));
  }
}
