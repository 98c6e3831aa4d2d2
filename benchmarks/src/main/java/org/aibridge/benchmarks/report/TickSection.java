package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.aibridge.benchmarks.sim.State;
import org.aibridge.benchmarks.sim.TickSimulator;
import org.aibridge.benchmarks.sim.TickSimulator.Kind;
import org.aibridge.benchmarks.sim.TickSimulator.Setting;
import org.aibridge.benchmarks.sim.TickSimulator.Ticks;
import org.aibridge.benchmarks.sim.WaitRecorder;

/** The report's section on ticks with the bridge, without it, and with HTTP on the game thread. */
final class TickSection {
  private static final int SIEGE = 2000;
  private static final List<State> DIRECT =
      List.of(State.HEALTHY, State.SLOW, State.HANGING, State.DOWN, State.FLAPPING);
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
      page.table(TickTable.head("AI service"), rows(without, with, direct));
      picture(page, without, with, direct);
      verdict(page, without, with);
      waits(page, record(simulator));
    }
  }

  /** The ticks without a bridge, once on a quiet disk and once on a busy disk. */
  private record Without(Ticks quiet, Ticks busyDisk) {
    /** Returns the ticks to compare {@code state} with, measured on a disk in the same state. */
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
    rows.add(TickTable.row("", Kind.WITHOUT, without.quiet()));
    rows.add(TickTable.row("journal's disk busy", Kind.WITHOUT, without.busyDisk()));
    with.forEach((state, ticks) -> rows.add(TickTable.row(state.title(), Kind.BRIDGE, ticks)));
    direct.forEach((state, ticks) -> rows.add(TickTable.row(state.title(), Kind.DIRECT, ticks)));
    return rows;
  }

  private static void picture(
      Page page, Without without, Map<State, Ticks> with, Map<State, Ticks> direct)
      throws IOException {
    Map<String, List<Double>> series = new LinkedHashMap<>();
    series.put("without", DIRECT.stream().map(state -> p90(without.at(state))).toList());
    series.put(Kind.BRIDGE.title(), DIRECT.stream().map(state -> p90(with.get(state))).toList());
    series.put(Kind.DIRECT.title(), DIRECT.stream().map(state -> p90(direct.get(state))).toList());
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
    if (!TickTable.canBeCompared(without.quiet())) {
      page.line(
          "These are too few rounds to compare whole ticks; a run of two minutes a state has enough.");
    } else {
      differences(page, without, with);
    }
    page.line("Ticks in which our part alone took over 50 ms: %d.", over);
  }

  /** Writes how the bridge changes tick times, and how they vary without the bridge. */
  private static void differences(Page page, Without without, Map<State, Ticks> with) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(noise("without, odd rounds less even ones: the noise", without.quiet()));
    rows.add(noise("the same, journal's disk busy", without.busyDisk()));
    with.forEach(
        (state, ticks) -> {
          Ticks nothing = without.at(state);
          List<String> row = TickTable.difference(state.title(), ticks, nothing);
          row.add(
              Page.micros(TickTable.at(99.9, ticks.ours()) - TickTable.at(99.9, nothing.sums())));
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
    List<String> head = new ArrayList<>(TickTable.differenceHead("AI service"));
    head.add("ours less sums");
    page.table(head, rows);
  }

  private static List<String> noise(String title, Ticks ticks) {
    List<String> row =
        TickTable.difference(title, everyOther(ticks.rounds(), 1), everyOther(ticks.rounds(), 0));
    row.addAll(List.of("", "", ""));
    return row;
  }

  private static List<long[]> everyOther(List<long[]> rounds, int from) {
    return IntStream.range(0, rounds.size() / 2).mapToObj(i -> rounds.get(2 * i + from)).toList();
  }

  /** Records extra ticks in each state, since a flight recorder distorts the times of ticks. */
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
