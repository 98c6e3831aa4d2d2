package org.aibridge.core.run;

import java.util.function.Consumer;

/** Receives each {@link FailPoint} that comes. No class of the game thread reports one. */
@FunctionalInterface
public interface Moments {
  /** Called when {@code point} comes in the log in {@code folder}, the last part of its path. */
  void reached(FailPoint point, String folder);

  /** Returns the moments of one log. */
  default Consumer<FailPoint> in(String folder) {
    return point -> reached(point, folder);
  }
}
