package org.aibridge.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.aibridge.benchmarks.sim.TickSimulator.Kind;
import org.aibridge.benchmarks.sim.TickSimulator.Ticks;

/** Formats measured ticks as rows of a table. */
final class TickTable {
  private TickTable() {}

  /** Returns the titles of the columns of {@link #row}; the first one is {@code first}. */
  static List<String> head(String first) {
    return List.of(
        first,
        "events go",
        "ticks",
        "tick p50, ms",
        "p90",
        "p99",
        "p99.9",
        "longest",
        "ours p50, µs",
        "ours p90",
        "ours p99",
        "ours p99.9",
        "ours longest",
        "ours on the processor, p50, µs",
        "p99",
        "p99.9",
        "sums p50, µs",
        "sums p99.9");
  }

  /** Returns the row for one kind of ticks; a percentile with too few ticks stays empty. */
  static List<String> row(String first, Kind kind, Ticks ticks) {
    Histogram whole = ticks.whole();
    Histogram ours = ticks.ours();
    Histogram processor = ticks.oursOnProcessor();
    boolean invalid = ticks.refused() > 0 && kind == Kind.BRIDGE;
    return List.of(
        first,
        kind.title() + (invalid ? " **invalid: events refused**" : ""),
        "" + whole.getTotalCount(),
        Page.millis(at(50, whole)),
        Page.millis(at(90, whole)),
        Page.millis(at(99, whole)),
        Page.millis(at(99.9, whole)),
        Page.millis(whole.getMaxValue()),
        Page.micros(at(50, ours)),
        Page.micros(at(90, ours)),
        Page.micros(at(99, ours)),
        Page.micros(at(99.9, ours)),
        Page.micros(ours.getMaxValue()),
        Page.micros(at(50, processor)),
        Page.micros(at(99, processor)),
        Page.micros(at(99.9, processor)),
        Page.micros(at(50, ticks.sums())),
        Page.micros(at(99.9, ticks.sums())));
  }

  /** Returns a percentile in nanoseconds; NaN if there are too few ticks. */
  static double at(double rank, Histogram histogram) {
    return Page.has(rank, histogram.getTotalCount())
        ? histogram.getValueAtPercentile(rank)
        : Double.NaN;
  }

  /** True if {@code without} has enough ticks and rounds for a comparison of whole ticks. */
  static boolean canBeCompared(Ticks without) {
    return !Double.isNaN(at(99.9, without.whole())) && without.rounds().size() >= 4;
  }

  /** Returns the titles of the columns of {@link #difference}; the first is {@code first}. */
  static List<String> differenceHead(String first) {
    return List.of(first, "p50", "p99", "p99.9", "ours p99.9", "on the processor");
  }

  /** Returns the row that compares ticks {@code with} the bridge and ticks {@code without} it. */
  static List<String> difference(String first, Ticks with, Ticks without) {
    List<String> row = difference(first, with.rounds(), without.rounds());
    row.add(difference(with.oursRounds(), without.oursRounds(), 99.9));
    row.add(difference(with.oursOnProcessorRounds(), without.oursOnProcessorRounds(), 99.9));
    return row;
  }

  /** Returns a row with the differences between whole ticks at three percentiles. */
  static List<String> difference(String first, List<long[]> with, List<long[]> without) {
    List<String> row = new ArrayList<>(List.of(first));
    for (double rank : new double[] {50, 99, 99.9}) {
      row.add(difference(with, without, rank));
    }
    return row;
  }

  /** Returns the difference of two percentiles, with its 95 percent confidence interval. */
  private static String difference(List<long[]> with, List<long[]> without, double rank) {
    double found = Spread.percentile(with, rank) - Spread.percentile(without, rank);
    Spread spread = Spread.ofDifference(with, without, rank);
    return "%s [%s, %s]"
        .formatted(Page.micros(found), Page.micros(spread.low()), Page.micros(spread.high()));
  }
}
