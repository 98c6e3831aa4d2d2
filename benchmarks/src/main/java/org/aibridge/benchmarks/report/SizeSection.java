package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.aibridge.benchmarks.sim.State;
import org.aibridge.benchmarks.sim.TickSimulator;
import org.aibridge.benchmarks.sim.TickSimulator.Kind;
import org.aibridge.benchmarks.sim.TickSimulator.Setting;
import org.aibridge.benchmarks.sim.TickSimulator.Ticks;

/** The report's section on sieges with more or fewer players than in {@link TickSection}. */
final class SizeSection {
  /** The ticks of a siege of one size, by kind. */
  private record Size(int players, Map<Kind, Ticks> ways) {
    private Size(int players) {
      this(players, new EnumMap<>(Kind.class));
      for (Kind kind : Kind.values()) {
        ways.put(kind, new Ticks());
      }
    }

    private String title() {
      return String.format(Locale.ROOT, "%,d", players);
    }
  }

  private final Effort effort;
  private final Progress progress;

  SizeSection(Effort effort, Progress progress) {
    this.effort = effort;
    this.progress = progress;
  }

  void write(Page page) throws IOException {
    page.heading("Sieges of other sizes");
    page.line(
        "As above, with a healthy AI service; half an event a second from each player. *HTTP on");
    page.line(
        "the game thread* sets `TCP_NODELAY`, as the bridge does; OkHttp alone leaves it off, and");
    page.line("large bodies then wait 40 ms for a delayed acknowledgement.");
    List<Size> sizes = effort.players().stream().map(Size::new).toList();
    try (TickSimulator simulator = new TickSimulator()) {
      run(simulator, sizes);
    }
    List<List<String>> rows = new ArrayList<>();
    for (Size size : sizes) {
      size.ways().forEach((kind, ticks) -> rows.add(TickTable.row(size.title(), kind, ticks)));
    }
    page.table(TickTable.head("players"), rows);
    picture(page, sizes);
    differences(page, sizes);
  }

  /** Runs all sizes in rounds; the first round only warms up the JVM. */
  private void run(TickSimulator simulator, List<Size> sizes) throws IOException {
    for (int round = 0; round <= effort.slices(); round++) {
      progress.say("sieges of other sizes, round %d of %d", round, effort.slices());
      for (Size size : sizes) {
        for (Kind kind : waysOf(round)) {
          Ticks ticks =
              simulator.slice(
                  Setting.usual(size.players()), kind, State.HEALTHY, effort.sliceNanos());
          if (round > 0) {
            size.ways().get(kind).add(ticks);
          }
        }
      }
    }
  }

  private List<Kind> waysOf(int round) {
    return Stream.of(Kind.values())
        .filter(kind -> kind != Kind.DIRECT || round <= effort.directSlices())
        .toList();
  }

  private static void picture(Page page, List<Size> sizes) throws IOException {
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      series.put(kind.title(), sizes.stream().map(size -> p99(size.ways().get(kind))).toList());
    }
    Plots.bars(
        page.picture("sizes", "What handing over its events adds to a tick, by size of the siege"),
        "Handing over a tick's events, p99, by players in the siege",
        "µs (a tick has 50,000)",
        sizes.stream().map(Size::title).toList(),
        series);
  }

  private static double p99(Ticks ticks) {
    return ticks.ours().getValueAtPercentile(99) / 1e3;
  }

  private static void differences(Page page, List<Size> sizes) {
    page.line("");
    if (!TickTable.canBeCompared(sizes.get(0).ways().get(Kind.WITHOUT))) {
      page.line("These are too few rounds to compare whole ticks.");
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (Size size : sizes) {
      List<String> row =
          new ArrayList<>(
              TickTable.difference(
                  size.title(), size.ways().get(Kind.BRIDGE), size.ways().get(Kind.WITHOUT)));
      row.add(1, Page.number(eventsPerTick(size.ways().get(Kind.BRIDGE))));
      rows.add(row);
    }
    List<String> head = new ArrayList<>(TickTable.differenceHead("players"));
    head.add(1, "events a tick");
    page.line("With the bridge less without, in µs, as above:");
    page.table(head, rows);
  }

  private static double eventsPerTick(Ticks ticks) {
    return (double) ticks.events() / ticks.whole().getTotalCount();
  }
}
