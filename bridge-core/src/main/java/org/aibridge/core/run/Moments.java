package org.aibridge.core.run;

import java.util.function.Consumer;

/** Receives each {@link FailPoint} that is reached. Classes of the game thread have none. */
@FunctionalInterface
public interface Moments {
  /** Called when a log reaches {@code point}; {@code folder} is the name of the log's folder. */
  void reached(FailPoint point, String folder);

  /** Returns the receiver of the fail points of one log. */
  default Consumer<FailPoint> in(String folder) {
    return point -> reached(point, folder);
  }
}
