package org.aibridge.ops.dlq;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.aibridge.ops.Surroundings;

/**
 * Shows a replay's progress: a bar with rate and time left on a terminal, now and then a line
 * elsewhere.
 */
final class ReplayProgress {
  private static final int WIDTH = 100;
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final long letters;
  private final ProgressBar bar;
  private long nextLineNanos = System.nanoTime() + LINE_EVERY_NANOS;

  ReplayProgress(Surroundings surroundings, long letters) {
    this.err = surroundings.err();
    this.letters = letters;
    this.bar = surroundings.terminal().err() ? bar(surroundings) : null;
  }

  private ProgressBar bar(Surroundings surroundings) {
    return new ProgressBarBuilder()
        .setTaskName("replay")
        .setInitialMax(letters)
        .setUpdateIntervalMillis(200)
        .setStyle(surroundings.unicode() ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
        .showSpeed()
        .setConsumer(
            new DelegatingProgressBarConsumer(
                text -> {
                  surroundings.rawErr().print("\r" + text);
                  surroundings.rawErr().flush();
                },
                WIDTH))
        .build();
  }

  /** Shows that {@code ended} letters have ended, followed by {@code note}. */
  void show(long ended, String note) {
    if (bar != null) {
      bar.stepTo(ended);
      bar.setExtraMessage(note);
    } else if (System.nanoTime() - nextLineNanos >= 0) {
      nextLineNanos = System.nanoTime() + LINE_EVERY_NANOS;
      err.printf("%,d of %,d%s%n", ended, letters, note.isEmpty() ? "" : ", " + note);
    }
  }

  void end() {
    if (bar != null) {
      bar.close();
      err.println();
    }
  }
}
