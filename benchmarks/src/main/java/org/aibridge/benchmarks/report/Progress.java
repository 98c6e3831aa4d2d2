package org.aibridge.benchmarks.report;

import java.io.PrintStream;
import java.util.Locale;

/** Prints the current measurement and the time since the start. */
final class Progress {
  private final PrintStream out;
  private final long start = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  void say(String format, Object... values) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    String line = String.format(Locale.ROOT, format, values);
    out.printf("%3d:%02d  %s%n", seconds / 60, seconds % 60, line);
    out.flush();
  }

  /** The time since the start, as text with units. */
  String elapsed() {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    return seconds / 60 + " min " + seconds % 60 + " s";
  }
}
