package org.aibridge.core.run;

import java.util.function.LongSupplier;

/**
 * What a life of a bridge has of the process it lives in. A simulation makes one anew for each
 * life; which disk it has is said by the paths it is given ({@code files.Disk}).
 *
 * @param clock time as the bridge sees it
 * @param wallMs milliseconds since the epoch by the wall clock of now, for what others hold against
 *     theirs
 * @param moments is told when a fail point has come
 * @param once what the lives of one process have or do once
 */
public record World(
    BridgeClock clock,
    LongSupplier wallMs,
    Threads threads,
    Chance chance,
    Moments moments,
    Once once) {
  /** Of this JVM: all its bridges share it. */
  private static final Once OF_JVM = new Once();

  /** The world of this JVM, now. */
  public static World ofJvm() {
    return of(BridgeClock.system());
  }

  /** The world of this JVM with a clock of its own. */
  public static World of(BridgeClock clock) {
    return new World(
        clock, BridgeClock.WALL_MS, Threads.OF_JVM, Chance.OF_JVM, FailPoint.ARMED, OF_JVM);
  }
}
