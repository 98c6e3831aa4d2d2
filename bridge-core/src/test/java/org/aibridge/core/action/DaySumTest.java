package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

final class DaySumTest {
  private static final long DAY_MS = 86_400_000;

  private record Added(long ms, long amount) {}

  /** At least all of the last 24 hours, at most what is a slot older. */
  @Property(tries = 300)
  void holdsWhatADayHoldsAndNothingMuchOlder(
      @ForAll @LongRange(min = -DAY_MS, max = 2_000_000_000_000L) long start,
      @ForAll @Size(max = 300) List<@IntRange(max = 5_000_000) Integer> pauses) {
    DaySum sum = new DaySum();
    List<Added> all = new ArrayList<>();
    long now = start;
    for (int pause : pauses) {
      now += pause;
      long amount = pause % 1000;
      sum.add(now, amount);
      all.add(new Added(now, amount));
      long at = now;
      long least = sum(all, at - DAY_MS);
      assertThat(sum.at(at)).isBetween(least, sum(all, at - DAY_MS - DaySum.SLOT_MS));
    }
  }

  private static long sum(List<Added> all, long from) {
    return all.stream().filter(added -> added.ms >= from).mapToLong(Added::amount).sum();
  }

  @Property(tries = 100)
  void neverBecomesSmallerByAnAmountThatIsTooLarge(
      @ForAll @LongRange(min = 0) long one, @ForAll @LongRange(min = 0) long other) {
    DaySum sum = new DaySum();
    sum.add(0, one);
    sum.add(DaySum.SLOT_MS, other);
    sum.add(DaySum.SLOT_MS, Long.MAX_VALUE);
    assertThat(sum.at(DaySum.SLOT_MS)).isEqualTo(Long.MAX_VALUE);
  }
}
