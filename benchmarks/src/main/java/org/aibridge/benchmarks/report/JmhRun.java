package org.aibridge.benchmarks.report;

import java.util.Collection;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/** Runs one benchmark in a JVM of its own, and reads JMH's result. */
final class JmhRun {
  private final RunResult result;

  private JmhRun(RunResult result) {
    this.result = result;
  }

  /** Runs single-shot measurements; each shot is one burst, timed as a whole. */
  static JmhRun shots(String benchmark, String peer, int warmup, int shots) throws RunnerException {
    return run(
        options(benchmark, peer).forks(1).warmupIterations(warmup).measurementIterations(shots));
  }

  /** Measures a sample of single calls. */
  static JmhRun samples(String benchmark, String peer, int threads, TimeValue time)
      throws RunnerException {
    return run(
        options(benchmark, peer)
            .forks(1)
            .threads(threads)
            .warmupIterations(2)
            .warmupTime(time)
            .measurementIterations(2)
            .measurementTime(time));
  }

  private static ChainedOptionsBuilder options(String benchmark, String peer) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + benchmark.replace(".", "\\.") + "$")
            .verbosity(VerboseMode.SILENT)
            .jvmArgsPrepend("-Dorg.slf4j.simpleLogger.defaultLogLevel=off")
            .shouldFailOnError(true);
    return peer == null ? options : options.param("peer", peer);
  }

  private static JmhRun run(ChainedOptionsBuilder options) throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    if (results.size() != 1) {
      throw new IllegalStateException("expected one result, not " + results.size());
    }
    return new JmhRun(results.iterator().next());
  }

  /** The mean time of a call, in nanoseconds. */
  double mean() {
    return statistics().getMean();
  }

  /** The median time of a call, in nanoseconds. */
  double median() {
    return statistics().getPercentile(50);
  }

  /** Returns a percentile in ns (rank 100: the longest call); NaN if there are too few samples. */
  double percentile(double rank) {
    return rank >= 100 || Page.has(rank, statistics().getN())
        ? statistics().getPercentile(rank)
        : Double.NaN;
  }

  /** Returns the bytes that one call allocated on the calling thread. */
  double allocated() {
    return secondary("allocated") / statistics().getN() / result.getParams().getOpsPerInvocation();
  }

  /** Returns the number of calls with an unexpected result. */
  double drops() {
    return secondary("drops");
  }

  private double secondary(String name) {
    Result<?> found = result.getSecondaryResults().get(name);
    return found == null ? 0 : found.getScore();
  }

  private Statistics statistics() {
    return result.getPrimaryResult().getStatistics();
  }
}
