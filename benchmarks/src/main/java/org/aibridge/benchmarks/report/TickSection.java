package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.aibridge.benchmarks.sim.State;
import org.aibridge.benchmarks.sim.TickSimulator;
import org.aibridge.benchmarks.sim.TickSimulator.Kind;
import org.aibridge.benchmarks.sim.TickSimulator.Setting;
import org.aibridge.benchmarks.sim.TickSimulator.Ticks;
import org.aibridge.benchmarks.sim.WaitRecorder;

/** The ticks of a siege with the bridge, without it, and with HTTP on the game thread. */
final class TickSection {
  private static final int SIEGE = 2000;
  private static final List<State> DIRECT =
      List.of(State.HEALTHY, State.SLOW, State.HANGING, State.DOWN, State.FLAPPING);
  private static final List<String> HEAD =
      List.of(
          "AI service",
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

  private final Effort effort;
  private final Progress progress;

  TickSection(Effort effort, Progress progress) {
    this.effort = effort;
    this.progress = progress;
  }

  void write(Page page) throws IOException {
    page.heading("The tick");
    page.line(
        "20 ticks a second, about 5 ms of the world's own work in each, %,d players in a", SIEGE);
    page.line(
        "siege with half an event a second each. *Ours* is the part of a tick that hands over");
    page.line(
        "its events and calls `tick()`. Slices of all rows take turns, so that what else the");
    page.line(
        "machine does meets them alike; *on the processor* leaves out what others took of it, by");
    page.line(
        "the thread's CPU clock, whose two readings are in the figure. *HTTP on the game thread* sends one request a tick with");
    page.line("a limit of one second. The service is another process on this machine. The first");
    page.line(
        "fifteenth of each slice, of a bridge that has just begun, does not count, nor does a");
    page.line(
        "round before the first: what the JVM compiles then is not the state's that comes first.");
    page.line(
        "*Sums* is a short piece of plain sums after each tick: what the machine does to any work");
    page.line("of such a length.");
    try (TickSimulator simulator = new TickSimulator()) {
      simulator.slice(Setting.fast(SIEGE), Kind.BRIDGE, State.HEALTHY, effort.sliceNanos() / 2);
      for (State state : State.values()) {
        progress.say("ticks, a round to warm up: %s", state.title());
        simulator.slice(Setting.usual(SIEGE), Kind.BRIDGE, state, effort.sliceNanos());
      }
      Map<State, Ticks> with = new LinkedHashMap<>();
      Map<State, Ticks> direct = new LinkedHashMap<>();
      Without without = run(simulator, with, direct);
      page.table(HEAD, rows(without, with, direct));
      picture(page, without, with, direct);
      verdict(page, without, with);
      players(page, simulator);
      waits(page, record(simulator));
    }
  }

  /** The ticks without a bridge. */
  private record Without(Ticks quiet, Ticks busyDisk) {
    /** Those with the disk as it is in {@code state}. */
    Ticks at(State state) {
      return state == State.SLOW_DISK ? busyDisk : quiet;
    }
  }

  private Without run(TickSimulator simulator, Map<State, Ticks> with, Map<State, Ticks> direct)
      throws IOException {
    Setting setting = Setting.usual(SIEGE);
    Without without = new Without(new Ticks(), new Ticks());
    for (int slice = 0; slice < effort.slices(); slice++) {
      progress.say("ticks, round %d of %d", slice + 1, effort.slices());
      for (State state : List.of(State.HEALTHY, State.SLOW_DISK)) {
        without.at(state).add(simulator.slice(setting, Kind.WITHOUT, state, effort.sliceNanos()));
      }
      for (State state : State.values()) {
        with.computeIfAbsent(state, name -> new Ticks())
            .add(simulator.slice(setting, Kind.BRIDGE, state, effort.sliceNanos()));
      }
      for (State state : slice < effort.directSlices() ? DIRECT : List.<State>of()) {
        direct
            .computeIfAbsent(state, name -> new Ticks())
            .add(simulator.slice(setting, Kind.DIRECT, state, effort.sliceNanos()));
      }
    }
    return without;
  }

  private static List<List<String>> rows(
      Without without, Map<State, Ticks> with, Map<State, Ticks> direct) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("", "nowhere", without.quiet()));
    rows.add(row("journal's disk busy", "nowhere", without.busyDisk()));
    with.forEach((state, ticks) -> rows.add(row(state.title(), "through the bridge", ticks)));
    direct.forEach(
        (state, ticks) -> rows.add(row(state.title(), "HTTP on the game thread", ticks)));
    return rows;
  }

  private static List<String> row(String state, String way, Ticks ticks) {
    Histogram whole = ticks.whole();
    Histogram ours = ticks.ours();
    Histogram processor = ticks.oursOnProcessor();
    boolean invalid = ticks.refused() > 0 && way.contains("bridge");
    return List.of(
        state,
        way + (invalid ? " **invalid: events refused**" : ""),
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

  /** A percentile in nanoseconds; not a number where there are too few ticks to have it. */
  private static double at(double rank, Histogram histogram) {
    return Page.has(rank, histogram.getTotalCount())
        ? histogram.getValueAtPercentile(rank)
        : Double.NaN;
  }

  private static void picture(
      Page page, Without without, Map<State, Ticks> with, Map<State, Ticks> direct)
      throws IOException {
    Map<String, List<Double>> series = new LinkedHashMap<>();
    series.put("without", DIRECT.stream().map(state -> p90(without.at(state))).toList());
    series.put("through the bridge", DIRECT.stream().map(state -> p90(with.get(state))).toList());
    series.put(
        "HTTP on the game thread", DIRECT.stream().map(state -> p90(direct.get(state))).toList());
    Plots.bars(
        page.picture("ticks", "How long a tick takes, whatever the AI service does"),
        "The tick, p90, whatever the AI service does",
        "ms (a tick has 50)",
        DIRECT.stream().map(State::title).toList(),
        series);
  }

  private static double p90(Ticks ticks) {
    return ticks.whole().getValueAtPercentile(90) / 1e6;
  }

  private static void verdict(Page page, Without without, Map<State, Ticks> with) {
    long over = 0;
    for (Ticks ticks : with.values()) {
      over += ticks.ours().getTotalCount() - ticks.ours().getCountBetweenValues(0, 50_000_000);
    }
    page.line("");
    Ticks quiet = without.quiet();
    if (Double.isNaN(at(99.9, quiet.whole())) || quiet.rounds().size() < 4) {
      page.line(
          "These are too few rounds to compare whole ticks; a run of two minutes a state has enough.");
    } else {
      differences(page, without, with);
    }
    page.line("Ticks in which our part alone took over 50 ms: %d.", over);
  }

  /** With against without, beside what two halves of the ticks without differ by themselves. */
  private static void differences(Page page, Without without, Map<State, Ticks> with) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(noise("without, odd rounds less even ones: the noise", without.quiet()));
    rows.add(noise("the same, journal's disk busy", without.busyDisk()));
    with.forEach(
        (state, ticks) -> {
          Ticks nothing = without.at(state);
          List<String> row = difference(state.title(), ticks.rounds(), nothing.rounds());
          row.add(difference(ticks.oursRounds(), nothing.oursRounds(), 99.9));
          row.add(difference(ticks.oursOnProcessorRounds(), nothing.oursOnProcessorRounds(), 99.9));
          row.add(Page.micros(at(99.9, ticks.ours()) - at(99.9, nothing.sums())));
          rows.add(row);
        });
    page.line(
        "The whole tick with the bridge less the whole tick without, its disk in the same state, in");
    page.line(
        "µs; in brackets what 95 of 100 resamplings of the rounds lie between. An interval with 0 in");
    page.line(
        "it says that the machine's noise hides the difference. *Ours* is our part of the tick, with");
    page.line(
        "the bridge less without: on the clock, on the processor, and on the clock less what the");
    page.line("plain sums take in the ticks without:");
    page.table(
        List.of(
            "AI service",
            "p50",
            "p99",
            "p99.9",
            "ours p99.9",
            "on the processor",
            "ours less sums"),
        rows);
  }

  private static List<String> noise(String title, Ticks ticks) {
    List<String> row =
        difference(title, everyOther(ticks.rounds(), 1), everyOther(ticks.rounds(), 0));
    row.addAll(List.of("", "", ""));
    return row;
  }

  private static List<String> difference(String title, List<long[]> with, List<long[]> without) {
    List<String> row = new ArrayList<>(List.of(title));
    for (double rank : new double[] {50, 99, 99.9}) {
      row.add(difference(with, without, rank));
    }
    return row;
  }

  /** What lies between the two percentiles, and what 95 of 100 resamplings find. */
  private static String difference(List<long[]> with, List<long[]> without, double rank) {
    double found = Spread.percentile(with, rank) - Spread.percentile(without, rank);
    Spread spread = Spread.ofDifference(with, without, rank);
    return "%s [%s, %s]"
        .formatted(Page.micros(found), Page.micros(spread.low()), Page.micros(spread.high()));
  }

  private static List<long[]> everyOther(List<long[]> rounds, int from) {
    return IntStream.range(0, rounds.size() / 2).mapToObj(i -> rounds.get(2 * i + from)).toList();
  }

  private void players(Page page, TickSimulator simulator) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (int players : effort.players()) {
      progress.say("ticks with %,d players", players);
      Ticks ticks =
          simulator.slice(Setting.usual(players), Kind.BRIDGE, State.HEALTHY, effort.sliceNanos());
      rows.add(
          List.of(
              String.format(java.util.Locale.ROOT, "%,d", players),
              Page.number((double) ticks.events() / ticks.whole().getTotalCount()),
              Page.millis(at(50, ticks.whole())),
              Page.millis(at(90, ticks.whole())),
              Page.micros(at(50, ticks.ours())),
              Page.micros(at(90, ticks.ours())),
              Page.micros(ticks.ours().getMaxValue())));
    }
    page.line("");
    page.line("Sieges of other sizes, the AI service healthy:");
    page.table(
        List.of(
            "players",
            "events a tick",
            "tick p50, ms",
            "p90",
            "ours p50, µs",
            "ours p90",
            "ours longest"),
        rows);
  }

  /** Each state once more, under a flight recorder, which costs too much to measure under. */
  private WaitRecorder.Waits record(TickSimulator simulator) throws IOException {
    progress.say("ticks under a flight recorder");
    try (WaitRecorder recorder = new WaitRecorder()) {
      for (State state : State.values()) {
        simulator.slice(Setting.usual(SIEGE), Kind.BRIDGE, state, effort.sliceNanos() / 2);
      }
      return recorder.stop();
    }
  }

  private static void waits(Page page, WaitRecorder.Waits waits) {
    page.line(
        "A flight recording of more such ticks, in every state, of sockets, files, monitors,");
    page.line(
        "parks and sleeps, however short. Of the thread `game` with a frame of the bridge in the");
    page.line(
        "stack: **%s**; of the simulator itself on that thread, between", words(waits.gameOurs()));
    page.line("ticks: %s; of the bridge's", words(waits.gameOther()));
    page.line("own threads: %s.", words(waits.otherOurs()));
  }

  private static String words(Map<String, Integer> counts) {
    return counts.isEmpty() ? "none" : counts.toString().replaceAll("[{}]", "").replace('=', ' ');
  }
}
