package org.aibridge.core.run;

import java.util.function.Consumer;

/** Whoever is told that a {@link FailPoint} has come. No class of the game thread's tells. */
@FunctionalInterface
public interface Moments {
  /** The moment {@code point} has come in the log in {@code folder}, the last part of its path. */
  void reached(FailPoint point, String folder);

  /** Those of one log. */
  default Consumer<FailPoint> in(String folder) {
    return point -> reached(point, folder);
  }
}
