package org.aibridge.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The confidence interval of a difference between two percentiles, by the bootstrap over rounds
 * (Efron, 1979): how much of the difference may be noise. Whole rounds are drawn with replacement,
 * because the ticks of one round share their disturbances; 95 of 100 differences found so lie in
 * the interval.
 *
 * @param low the lower end, in nanoseconds
 * @param high the upper end, in nanoseconds
 */
record Spread(double low, double high) {
  private static final int DRAWS = 1000;
  private static final double OUTSIDE = 0.025;

  /** Returns the confidence interval of {@code with}'s percentile minus {@code without}'s. */
  static Spread ofDifference(List<long[]> with, List<long[]> without, double rank) {
    SplittableRandom random = new SplittableRandom(20261120);
    double[] differences = new double[DRAWS];
    int[] drawn = new int[Math.min(with.size(), without.size())];
    for (int draw = 0; draw < DRAWS; draw++) {
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = random.nextInt(drawn.length);
      }
      differences[draw] = percentile(with, drawn, rank) - percentile(without, drawn, rank);
    }
    Arrays.sort(differences);
    int cut = (int) (DRAWS * OUTSIDE);
    return new Spread(differences[cut], differences[DRAWS - 1 - cut]);
  }

  /** The percentile {@code rank} over all ticks of all {@code rounds}. */
  static double percentile(List<long[]> rounds, double rank) {
    int[] all = new int[rounds.size()];
    Arrays.setAll(all, i -> i);
    return percentile(rounds, all, rank);
  }

  private static double percentile(List<long[]> rounds, int[] chosen, double rank) {
    long[] ticks =
        Arrays.stream(chosen).mapToObj(rounds::get).flatMapToLong(Arrays::stream).toArray();
    Arrays.sort(ticks);
    return ticks[Math.max(0, (int) Math.ceil(ticks.length * rank / 100) - 1)];
  }
}
