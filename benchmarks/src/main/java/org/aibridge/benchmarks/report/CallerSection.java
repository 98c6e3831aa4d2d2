package org.aibridge.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** Writes the report's section on the time and memory that each bridge call costs its caller. */
final class CallerSection {
  private static final List<String> HEAD =
      List.of("call", "mean, ns", "median, ns", "against the bare ring", "bytes allocated");
  private static final List<String> TAIL_HEAD =
      List.of("call", "threads", "p50, ns", "p99", "p99.9", "p99.99", "longest, µs");
  private static final List<List<String>> SHOTS =
      List.of(
          List.of("PublishBenchmark.bareRingOffer", "a bare ring offer of a kill's bytes"),
          List.of("PublishBenchmark.publishLogin", "`publish`, a login"),
          List.of("PublishBenchmark.publishKill", "`publish`, a kill"),
          List.of("PublishBenchmark.makeAndPublishKill", "making the event, and `publish`"),
          List.of("PublishBenchmark.typedKill", "`events().monsterKill`"),
          List.of("PublishBenchmark.jctoolsOfferBytes", "JCTools' offer of a kill's bytes"),
          List.of(
              "PublishBenchmark.jctoolsOfferObject", "JCTools' offer of an object, not encoded"),
          List.of("PublishBenchmark.publishCustom1k", "`publish`, a custom event, 1 KB of JSON"),
          List.of("PublishBenchmark.publishRingFull", "`publish`, the ring is full"),
          List.of("PublishBenchmark.publishClosed", "`publish`, the bridge is closed"),
          List.of("GameThreadBenchmark.tickIdle", "`tick`, idle"),
          List.of("GameThreadBenchmark.tickOneAction", "`tick`, one action"),
          List.of("GameThreadBenchmark.tickFiftyActions", "`tick`, fifty actions"),
          List.of("GameThreadBenchmark.httpget", "`httpget`"),
          List.of("GameThreadBenchmark.status", "`status`"),
          List.of("GameThreadBenchmark.statusJson", "`statusJson`"));
  private static final List<List<String>> SAMPLES =
      List.of(
          List.of("PublishTailBenchmark.publishLogin", "a login"),
          List.of("PublishTailBenchmark.publishKill", "a kill"),
          List.of("PublishTailBenchmark.publishCustom1k", "a custom event, 1 KB"));
  private static final double NANOS_A_MICRO = 1e3;

  private final Effort effort;
  private final Progress progress;

  CallerSection(Effort effort, Progress progress) {
    this.effort = effort;
    this.progress = progress;
  }

  void write(Page page) throws RunnerException {
    page.heading("On the calling thread");
    page.line(
        "Each call beside a bare offer of a kill's bytes to the ring the bridge is built on.");
    page.line(
        "A whole bridge runs, its journal thread takes the events to disk meanwhile, and the");
    page.line(
        "ring is empty before each burst, as between two ticks. Bytes are those of the calling");
    page.line("thread, and exact.");
    page.table(HEAD, shots());
    page.line("Single calls of `publish`, with the two readings of the clock in each figure:");
    page.table(TAIL_HEAD, samples());
  }

  private List<List<String>> shots() throws RunnerException {
    List<List<String>> rows = new ArrayList<>();
    double ring = Double.NaN;
    for (List<String> each : SHOTS) {
      progress.say("%s", each.get(0));
      int shots = each.get(0).contains("Action") ? effort.shots() / 6 : effort.shots();
      JmhRun run = JmhRun.shots(each.get(0), null, shots, shots);
      if (rows.isEmpty()) {
        ring = run.median();
      }
      boolean publish = each.get(0).startsWith("Publish");
      rows.add(
          List.of(
              each.get(1) + invalid(run),
              Page.number(run.mean()),
              Page.number(run.median()),
              publish ? Page.number(run.median() / ring) : "",
              Page.number(run.allocated())));
    }
    return rows;
  }

  private List<List<String>> samples() throws RunnerException {
    List<List<String>> rows = new ArrayList<>();
    for (List<String> each : SAMPLES) {
      for (int threads : new int[] {1, 4}) {
        progress.say("%s, %d threads", each.get(0), threads);
        JmhRun run = JmhRun.samples(each.get(0), null, threads, effort.sample());
        rows.add(tail(each.get(1) + invalid(run), threads, run));
      }
    }
    return rows;
  }

  static List<String> tail(String name, int threads, JmhRun run) {
    return List.of(
        name,
        "" + threads,
        Page.number(run.percentile(50)),
        Page.number(run.percentile(99)),
        Page.number(run.percentile(99.9)),
        Page.number(run.percentile(99.99)),
        Page.number(run.percentile(100) / NANOS_A_MICRO));
  }

  /** Returns a note that drops make the figure invalid; the empty text if there were no drops. */
  static String invalid(JmhRun run) {
    return run.drops() == 0 ? "" : " **invalid: " + Page.number(run.drops()) + " drops**";
  }
}
