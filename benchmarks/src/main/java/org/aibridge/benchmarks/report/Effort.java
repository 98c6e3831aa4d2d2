package org.aibridge.benchmarks.report;

import java.util.List;
import org.aibridge.benchmarks.sim.TickSimulator;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The amount that each part of the suite measures.
 *
 * @param shots bursts to measure, after as many to warm up
 * @param slowShots the same for peers that need milliseconds a burst
 * @param sample the time for which single calls are sampled
 * @param players the players in sieges of other sizes than the usual one
 * @param sliceNanos the length of one slice of ticks
 * @param slices slices of each siege in each state
 * @param directSlices slices of the sieges with HTTP on the game thread
 * @param flowEvents events published end to end
 * @param segmentEvents the same for Segment's client
 * @param flowRuns runs of each end-to-end setting, in turns
 * @param backlogs numbers of events that wait at a start
 * @param lanes numbers of lanes tried end to end
 * @param decisions decisions whose way to their effect is measured
 * @param settleSeconds wait before an idle bridge is measured: the JVM's compilers end their work
 * @param idleSeconds the time for which an idle bridge is measured
 */
record Effort(
    int shots,
    int slowShots,
    TimeValue sample,
    List<Integer> players,
    long sliceNanos,
    int slices,
    int directSlices,
    int flowEvents,
    int segmentEvents,
    int flowRuns,
    List<Integer> backlogs,
    List<Integer> lanes,
    int decisions,
    int settleSeconds,
    int idleSeconds) {
  /** The effort for a first impression: about six minutes, longer on a busy machine. */
  static final Effort QUICK =
      new Effort(
          200,
          20,
          TimeValue.milliseconds(200),
          List.of(100, 500, 10_000),
          2_000_000_000,
          2,
          1,
          300_000,
          20_000,
          1,
          List.of(1_000, 10_000, 100_000),
          List.of(1, 8),
          10,
          10,
          10);

  /** The effort for the whole suite: four hours, with ten minutes of ticks per service state. */
  static final Effort FULL =
      new Effort(
          1500,
          100,
          TimeValue.seconds(2),
          List.of(100, 500, 10_000),
          30_000_000_000L,
          22,
          2,
          3_000_000,
          300_000,
          3,
          List.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000),
          List.of(1, 2, 4, 8, 16, 32, 64),
          200,
          60,
          30);

  /** Returns a copy of this effort with {@code minutes} minutes of ticks in each state. */
  Effort minutes(int minutes) {
    int rounds = (int) Math.ceil(minutes * 60e9 / TickSimulator.counted(sliceNanos));
    return new Effort(
        shots,
        slowShots,
        sample,
        players,
        sliceNanos,
        rounds,
        directSlices,
        flowEvents,
        segmentEvents,
        flowRuns,
        backlogs,
        lanes,
        decisions,
        settleSeconds,
        idleSeconds);
  }
}
