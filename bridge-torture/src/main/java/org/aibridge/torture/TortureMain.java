package org.aibridge.torture;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The command {@code ai-bridge torture}.
 *
 * <p>Exits with 0 when every round was good, 1 when one was not, 2 when it was called wrongly.
 */
public final class TortureMain {
  static final int GOOD = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private static final String HELP =
      """
      Usage: ai-bridge torture [options]
      Kills the bridge, lies to it, and counts what becomes of every event.

        --experiment NAME   kill, lies, answers, actions, retry-after, reload,
                            lifecycle, fail-points, network, poison, descriptors, stop,
                            foreign, interrupts, callouts, state, kafka, or all (all)
                            or, as the first option, simulation, which has options
                            of its own (--experiment simulation --help)
        --rounds N          how many rounds of each (its own number)
        --events N          how many events a round is about (its own number)
        --seed S            the seed of the run (any; it is printed)
        --report DIR        where torture.md, torture.json and failed rounds go (torture-report)
        --quick             three rounds of 2,000 events or so, to see that it works; of all but
                            state, which waits for minutes, and kafka
        --replay DIR        run the failed round that is kept in DIR again
        --help              this text
      """;

  private static final int QUICK_ROUNDS = 3;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;
  private String experiment = "all";
  private int rounds;
  private int events;
  private long seed = ThreadLocalRandom.current().nextInt(1 << 30);
  private Path report = Path.of("torture-report");
  private Path replay;
  private boolean quick;
  private boolean help;

  TortureMain(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /** Runs the command line {@code args} and ends this process. */
  public static void main(String[] args) {
    boolean terminal = Boolean.getBoolean("aibridge.color");
    System.exit(new TortureMain(System.out, System.err, terminal).run(args));
  }

  /** Runs a command line and returns its exit code. */
  int run(String... args) {
    try {
      read(args);
      if (help) {
        out.print(HELP);
        return GOOD;
      }
      return replay == null ? torture(String.join(" ", args)) : again();
    } catch (IllegalArgumentException e) {
      err.println("ai-bridge torture: " + e.getMessage());
      err.print(HELP);
      return USAGE;
    } catch (IOException | java.io.UncheckedIOException e) {
      err.println("ai-bridge torture: " + e.getMessage());
      return FAILED;
    }
  }

  private int torture(String args) throws IOException {
    List<Experiment> chosen =
        experiment.equals("all")
            ? Experiments.all().stream().filter(e -> !quick || e.canBeQuick()).toList()
            : List.of(Experiments.named(experiment));
    out.printf("seed %d%n", seed);
    Torture torture = new Torture(out, terminal, report.resolve("rounds"), seed);
    List<TortureReport.Result> results = new ArrayList<>();
    for (Experiment next : chosen) {
      results.add(torture.run(next, roundsOf(next), eventsOf(next)));
    }
    TortureReport made =
        new TortureReport(
            ("ai-bridge torture " + args).strip(), seed, TortureReport.thisMachine(), results);
    made.write(report);
    out.print(made.table());
    out.printf("%nreport: %s%n", report.resolve("torture.md"));
    return made.failed() ? FAILED : GOOD;
  }

  private int again() throws IOException {
    Round round = Round.replay(replay, report.resolve("replay"));
    out.printf("%s round %d, seed %d%n", round.experiment(), round.number(), round.seed());
    Torture.run(Experiments.named(round.experiment()), round);
    round.failures().forEach(out::println);
    out.println(round.failed() ? "FAILED, kept in " + round.folder() : "good");
    return round.failed() ? FAILED : GOOD;
  }

  private int roundsOf(Experiment next) {
    return rounds > 0 ? rounds : quick ? QUICK_ROUNDS : next.usualRounds();
  }

  private int eventsOf(Experiment next) {
    return events > 0 ? events : quick ? next.quickEvents() : next.usualEvents();
  }

  private void read(String[] args) {
    for (Iterator<String> left = List.of(args).iterator(); left.hasNext(); ) {
      String option = left.next();
      switch (option) {
        case "--experiment" -> experiment = value(option, left);
        case "--rounds" -> rounds = number(option, left);
        case "--events" -> events = number(option, left);
        case "--seed" -> seed = number(option, left);
        case "--report" -> report = Path.of(value(option, left));
        case "--replay" -> replay = Path.of(value(option, left));
        case "--quick" -> quick = true;
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    if (!experiment.equals("all")) {
      Experiments.named(experiment);
    }
  }

  private static String value(String option, Iterator<String> left) {
    if (!left.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return left.next();
  }

  private static int number(String option, Iterator<String> left) {
    String text = value(option, left);
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // The exception below reports it.
    }
    throw new IllegalArgumentException(option + " needs a whole number, was " + text);
  }
}
