package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.aibridge.core.OutageExperiment.Recovery;
import org.aibridge.core.OutageExperiment.Result;
import org.aibridge.core.OutageExperiment.Start;

/**
 * Writes the figures of an outage into its report. Everything from the heading {@code ## Notes} on
 * is kept as it stands there.
 */
final class OutageReport {
  private static final String NOTES = "## Notes";
  private static final String INTRODUCTION =
      """
      # An outage: 1,000,000 events behind a dead service

      A map-server publishes while nothing listens at `base_url`, is killed (`kill -9`), starts again
      with `-Xmx%dm`, and delivers to a service in a process of its own, which parses each batch and
      writes down every event before it answers. Both processes are fresh and share the machine.
      Settings are the defaults, but for a reserve of 16 MB, the ring on the journal's disk, and no
      polling for actions. Made by:

      ```
      mvn -B -q -pl bridge-core -am test -Dtest=OutageTest \\
        -Dsurefire.failIfNoSpecifiedTests=false -Doutage.report=../docs/reports/outage.md
      ```

      """;

  private OutageReport() {}

  static void write(Path file, long seed, Result result) throws IOException {
    String before = Files.exists(file) ? Files.readString(file) : "";
    int notes = before.indexOf(NOTES);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(
        file, text(seed, result) + (notes < 0 ? NOTES + "\n" : before.substring(notes)));
  }

  private static String text(long seed, Result result) throws IOException {
    Recovery best = result.best();
    StringBuilder text = new StringBuilder();
    text.append(INTRODUCTION.formatted(OutageExperiment.HEAP_MB));
    line(text, "Seed %d. %s.", seed, machine());
    line(text, "");
    line(text, "| | must be | best of %d | worst |", result.recoveries().size());
    line(text, "|---|---|---|---|");
    row(text, "events never delivered", "0", worst(result, r -> r.oracle().missing()));
    row(text, "events delivered twice", "0", worst(result, r -> r.oracle().twice()));
    row(text, "events that were never published so", "0", worst(result, r -> r.oracle().foreign()));
    row(
        text,
        "events after a later one of the same player",
        "0",
        worst(result, r -> r.oracle().outOfOrder()));
    row(
        text,
        "places an event came before an older one, at most",
        "< " + OutageExperiment.MAX_AHEAD,
        worst(result, r -> r.oracle().furthest()));
    both(
        text,
        "start of the process to first send, s",
        "≤ 10",
        all(result).map(r -> r.firstSend() / 1e6),
        "%.2f");
    both(
        text,
        "delivered, events/s",
        "≥ 100,000",
        all(result).map(r -> -(double) r.perSecond()),
        "%,.0f");
    both(
        text,
        "peak heap, MB",
        "< " + OutageExperiment.HEAP_MB,
        all(result).map(r -> r.peakHeap() / 1024.0),
        "%.0f");
    both(text, "in collections, ms", "", all(result).map(r -> (double) r.collectionMs()), "%.0f");
    both(
        text,
        "processor time of the map-server, start included, s",
        "",
        all(result).map(r -> r.serverCpuMs() / 1e3),
        "%.2f");
    both(
        text,
        "processor time of the service, s",
        "",
        all(result).map(r -> r.sinkCpuMs() / 1e3),
        "%.2f");
    line(text, "");
    line(text, "%,d events went in %,d batches.", best.events(), best.batches());
    line(text, "");
    line(text, "The start, with the files in the system's cache, after a `kill -9`:");
    line(text, "");
    line(text, "| events waiting | the bridge's start, s (≤ 5) | with the JVM's, s |");
    line(text, "|---|---|---|");
    for (Start start : result.starts()) {
      line(
          text,
          "| %,d | %.2f | %.2f |",
          start.waiting(),
          start.bridgeMicros() / 1e6,
          start.processMicros() / 1e6);
    }
    line(text, "");
    List<Long> heap = result.outageHeap();
    List<Long> longest = heap.subList(heap.size() - OutageExperiment.STEPS, heap.size());
    line(
        text,
        "Heap in use after a collection while the backlog grew to its full size, MB: %s.",
        String.join(
            ", ",
            longest.stream().map(kb -> String.format(Locale.ROOT, "%.1f", kb / 1024.0)).toList()));
    line(text, "");
    return text.toString();
  }

  private static Stream<Recovery> all(Result result) {
    return result.recoveries().stream();
  }

  private static int worst(Result result, java.util.function.ToIntFunction<Recovery> figure) {
    return all(result).mapToInt(figure).max().orElseThrow();
  }

  private static void row(StringBuilder text, String what, String wanted, int worst) {
    line(text, "| %s | %s | | %,d |", what, wanted, worst);
  }

  /** Smaller is better; what is better when larger comes as a negative number. */
  private static void both(
      StringBuilder text, String what, String wanted, Stream<Double> figures, String format) {
    List<Double> sorted = figures.sorted().toList();
    String best = String.format(Locale.ROOT, format, Math.abs(sorted.get(0)));
    String worst = String.format(Locale.ROOT, format, Math.abs(sorted.get(sorted.size() - 1)));
    line(text, "| %s | %s | %s | %s |", what, wanted, best, worst);
  }

  private static String machine() throws IOException {
    Path cpus = Path.of("/proc/cpuinfo");
    String model = System.getProperty("os.arch");
    if (Files.isReadable(cpus)) {
      model =
          Files.readAllLines(cpus).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(model);
    }
    return "%d processors (%s), %s, Java %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            model,
            System.getProperty("os.name"),
            System.getProperty("java.version"));
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
    text.append('\n');
  }
}
