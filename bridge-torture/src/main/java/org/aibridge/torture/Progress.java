package org.aibridge.torture;

import java.io.PrintStream;
import java.time.Duration;

/** Shows the progress of a run: with a bar on a terminal, otherwise with a line per round. */
final class Progress {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean terminal;
  private final String name;
  private final int rounds;
  private final long startNanos = System.nanoTime();
  private int failed;

  Progress(PrintStream out, boolean terminal, String name, int rounds) {
    this.out = out;
    this.terminal = terminal;
    this.name = name;
    this.rounds = rounds;
    show(0);
  }

  /** Shows that another round is over. */
  void round(Round round, int done) {
    if (round.failed()) {
      failed++;
      out.printf("%s%s: FAILED%n", terminal ? "\r" : "", describe(round));
      round.failures().forEach(failure -> out.println("  " + failure.replace("\n", "\n  ")));
    } else if (!terminal) {
      out.printf("%s: good, %s%n", describe(round), left(done));
    }
    show(done);
    if (terminal && done == rounds) {
      out.println();
    }
  }

  private void show(int done) {
    if (terminal) {
      int filled = WIDTH * done / rounds;
      out.printf(
          "\r%-12s [%s%s] %d/%d rounds, %d failed, %s ",
          name, "#".repeat(filled), ".".repeat(WIDTH - filled), done, rounds, failed, left(done));
      out.flush();
    }
  }

  private String left(int done) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (done == 0) {
      return "no rate yet";
    }
    Duration left = Duration.ofSeconds((long) (seconds / done * (rounds - done)));
    return "%.1f rounds/min, %d:%02d left"
        .formatted(done * 60 / seconds, left.toMinutes(), left.toSecondsPart());
  }

  private static String describe(Round round) {
    return "%s round %d, seed %d".formatted(round.experiment(), round.number(), round.seed());
  }
}
