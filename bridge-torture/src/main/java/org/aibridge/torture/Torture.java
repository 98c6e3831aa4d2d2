package org.aibridge.torture;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Runs experiments round after round and reports the outcome. For one thread. */
public final class Torture {
  private final PrintStream out;
  private final boolean terminal;
  private final Path folder;
  private final SplittableRandom seeds;

  /**
   * @param terminal true if {@code out} is a terminal, on which a bar can move
   * @param folder the folder for the rounds' folders
   * @param seed decides every round's seed
   */
  public Torture(PrintStream out, boolean terminal, Path folder, long seed) {
    this.out = out;
    this.terminal = terminal;
    this.folder = folder;
    this.seeds = new SplittableRandom(seed);
  }

  /** Runs {@code rounds} rounds; a failed one keeps its folder. */
  public TortureReport.Result run(Experiment experiment, int rounds, int events) {
    Progress progress = new Progress(out, terminal, experiment.name(), rounds);
    long start = System.nanoTime();
    List<Round> done = new ArrayList<>();
    for (int i = 1; i <= rounds; i++) {
      Round round = new Round(experiment.name(), i, seeds.nextInt(1 << 30), events, folder);
      run(experiment, round);
      done.add(round);
      progress.round(round, i);
    }
    return TortureReport.result(experiment, events, (System.nanoTime() - start) / 1e9, done);
  }

  /** Runs one round to its end, even if the experiment throws. */
  public static void run(Experiment experiment, Round round) {
    try {
      experiment.run(round);
    } catch (RuntimeException e) {
      round.require(false, e.toString());
    } finally {
      round.end();
    }
  }
}
