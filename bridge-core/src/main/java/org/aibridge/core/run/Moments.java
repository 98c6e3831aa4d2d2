package org.aibridge.core.run;

import java.util.function.Consumer;

/** Receives each {@link FailPoint} that is reached. The game thread's code has no fail points. */
@FunctionalInterface
public interface Moments {
  /** Called when a log reaches {@code point}; {@code folder} is the name of that log's folder. */
  void reached(FailPoint point, String folder);

  /** Returns a receiver for the fail points of one log. */
  default Consumer<FailPoint> in(String folder) {
    return point -> reached(point, folder);
  }
}
