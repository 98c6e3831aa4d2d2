package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.aibridge.benchmarks.ActionLatency;
import org.aibridge.benchmarks.Scene;
import org.aibridge.benchmarks.flow.Flow;

/** The report's section on how long events and decisions take from end to end. */
final class FlowSection {
  private static final List<String> HEAD =
      List.of(
          "",
          "batch",
          "gzip",
          "lanes",
          "runs",
          "events/s",
          "CPU-seconds per million events",
          "least of a run",
          "most");
  private static final int BATCH = 500;

  /** A setting gets no further run once its runs took longer than this in total, in ns. */
  private static final long LONG_NANOS = 60_000_000_000L;

  private final Effort effort;
  private final Progress progress;

  FlowSection(Effort effort, Progress progress) {
    this.effort = effort;
    this.progress = progress;
  }

  void write(Page page) throws Exception {
    page.heading("End to end");
    page.line(
        "A process publishes as fast as it is let; a service in another one reads every event");
    page.line(
        "to its last byte and acknowledges. CPU is the publishing process's, all its threads.");
    page.line(
        "Every setting runs in its turn, then all again; shown is the median of its runs. What");
    page.line("takes over a minute runs once. A run that lost events is told and not counted.");
    page.line("The bridge keeps every event on disk meanwhile, the others in the heap.");
    page.line(
        "OpenTelemetry's exporter sends with OkHttp, as it comes, or with the JDK's client. The");
    page.line("first leaves `TCP_NODELAY` off: large plain bodies wait 40 ms for a delayed");
    page.line(
        "acknowledgement, unless the route to the service has `quickack 1` (`ip route`). The");
    page.line("second sets it, as the bridge does.");
    try (Flow flow = new Flow()) {
      page.table(HEAD, flows(flow));
      backlog(page, flow);
      idle(page, flow);
    }
    latency(page);
  }

  private List<List<String>> flows(Flow flow) throws IOException {
    List<Flow.Setting> settings = new ArrayList<>();
    for (boolean gzip : new boolean[] {false, true}) {
      settings.add(new Flow.Setting("bridge", effort.flowEvents(), 50, 50, gzip, 4));
      settings.add(new Flow.Setting("bridge", effort.flowEvents(), BATCH, BATCH, gzip, 4));
      settings.add(new Flow.Setting("bridge", effort.flowEvents(), 50, BATCH, gzip, 4));
      for (int batch : new int[] {50, BATCH}) {
        settings.add(new Flow.Setting("otlp", effort.flowEvents(), batch, batch, gzip, 1));
        settings.add(new Flow.Setting("otlp-jdk", effort.flowEvents(), batch, batch, gzip, 1));
      }
    }
    settings.add(new Flow.Setting("segment", effort.segmentEvents(), 250, 250, true, 1));
    for (int lanes : effort.lanes()) {
      settings.add(new Flow.Setting("bridge", effort.flowEvents(), 50, BATCH, false, lanes));
    }
    return rows(settings, run(flow, settings));
  }

  /** Runs each setting in turn, and returns the results by setting. */
  private List<List<Flow.Result>> run(Flow flow, List<Flow.Setting> settings) throws IOException {
    progress.say("end to end: the service warms up");
    flow.run(settings.get(0));
    List<List<Flow.Result>> results = new ArrayList<>();
    settings.forEach(setting -> results.add(new ArrayList<>()));
    long[] taken = new long[settings.size()];
    for (int run = 1; run <= effort.flowRuns(); run++) {
      for (int i = 0; i < settings.size(); i++) {
        if (taken[i] > LONG_NANOS) {
          continue;
        }
        progress.say("end to end, run %d of %d: %s", run, effort.flowRuns(), settings.get(i));
        long start = System.nanoTime();
        Flow.Result result = flow.run(settings.get(i));
        results.get(i).add(result);
        // Does not count the time of a run that lost events: it lasts until its timeout.
        taken[i] += result.missing() > 0 ? 0 : System.nanoTime() - start;
      }
    }
    return results;
  }

  private static List<List<String>> rows(
      List<Flow.Setting> settings, List<List<Flow.Result>> results) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < settings.size(); i++) {
      rows.add(row(settings.get(i), results.get(i)));
    }
    return rows;
  }

  private static List<String> row(Flow.Setting setting, List<Flow.Result> runs) {
    String name =
        switch (setting.what()) {
          case "bridge" -> "the bridge";
          case "otlp" -> "OpenTelemetry, OTLP/HTTP";
          case "otlp-jdk" -> "OpenTelemetry, OTLP/HTTP, JDK's client";
          default -> "Segment's client";
        };
    boolean grows = setting.largestBatch() > setting.batch();
    List<Flow.Result> whole = runs.stream().filter(run -> run.missing() == 0).toList();
    long missing = runs.stream().mapToLong(Flow.Result::missing).sum();
    String lost = " **(lost " + missing + " in " + (runs.size() - whole.size()) + " more runs)**";
    double[] processor = sorted(whole, Flow.Result::processorSeconds);
    return List.of(
        name + (missing > 0 ? lost : ""),
        grows ? "adaptive, 50 to 500" : "" + setting.batch(),
        setting.gzip() ? "yes" : "no",
        setting.what().equals("bridge") ? "" + setting.lanes() : "",
        "" + whole.size(),
        number(median(sorted(whole, Flow.Result::perSecond))),
        number(median(processor)),
        number(whole.isEmpty() ? Double.NaN : processor[0]),
        number(whole.isEmpty() ? Double.NaN : processor[processor.length - 1]));
  }

  private static double[] sorted(List<Flow.Result> runs, ToDoubleFunction<Flow.Result> figure) {
    return runs.stream().mapToDouble(figure).sorted().toArray();
  }

  private static double median(double[] sorted) {
    int length = sorted.length;
    return length == 0 ? Double.NaN : (sorted[(length - 1) / 2] + sorted[length / 2]) / 2;
  }

  private static String number(double figure) {
    return Double.isNaN(figure) ? "" : Page.number(figure);
  }

  private void backlog(Page page, Flow flow) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    List<Double> sizes = new ArrayList<>();
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (int events : effort.backlogs()) {
      progress.say("a start over %,d waiting events", events);
      Flow.Drain drain = flow.backlog(events);
      sizes.add((double) events);
      series.computeIfAbsent("start, ms", name -> new ArrayList<>()).add(drain.startMs());
      series.computeIfAbsent("heap, MB", name -> new ArrayList<>()).add(drain.heapMb());
      rows.add(
          List.of(
              String.format(java.util.Locale.ROOT, "%,d", events),
              Page.number(drain.startMs()),
              Page.number(drain.heapMb()),
              Page.number(drain.perSecond()),
              Page.number(drain.processorSeconds())));
    }
    page.line("After an outage:");
    page.table(
        List.of(
            "events waiting",
            "time to start, ms",
            "heap then, MB",
            "drained, events/s",
            "CPU-seconds per million"),
        rows);
    Plots.lines(
        page.picture("backlog", "What a start costs, by what waits"),
        "A start over a backlog",
        "events waiting",
        "ms, MB",
        sizes,
        series);
  }

  private void idle(Page page, Flow flow) throws IOException {
    progress.say("an idle bridge");
    Flow.Idle idle = flow.idle(effort.settleSeconds(), effort.idleSeconds());
    page.line("");
    page.line(
        "With nothing to do, at 20 ticks a second, over %d s after %d s in which the",
        effort.idleSeconds(), effort.settleSeconds());
    page.line("JVM's compilers settle; all threads of the process, in percent of one core:");
    page.table(
        List.of("an idle bridge", "the same JVM without a bridge", "difference"),
        List.of(
            List.of(
                Page.number(idle.bridge()),
                Page.number(idle.without()),
                Page.number(idle.bridge() - idle.without()))));
  }

  private void latency(Page page) throws Exception {
    List<List<String>> rows = new ArrayList<>();
    for (boolean holds : new boolean[] {true, false}) {
      progress.say("decisions, %s", holds ? "held polls" : "polling");
      java.nio.file.Path folder = Scene.temporary();
      long[] nanos = ActionLatency.measure(folder, effort.decisions(), holds);
      Scene.delete(folder);
      rows.add(
          List.of(
              holds ? "holds the poll" : "is polled once a second",
              "" + nanos.length,
              Page.millis(nanos[nanos.length / 2]),
              Page.millis(nanos[nanos.length * 9 / 10]),
              Page.millis(nanos[nanos.length - 1])));
    }
    page.line("");
    page.line("From a decision of the service to its effect in the world, at 20 ticks a second:");
    page.table(List.of("the service", "decisions", "p50, ms", "p90", "longest"), rows);
  }
}
