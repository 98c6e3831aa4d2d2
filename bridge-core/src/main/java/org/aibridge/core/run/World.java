package org.aibridge.core.run;

import java.util.function.LongSupplier;

/**
 * The parts of the process that one run of a bridge uses. A simulation makes a new world for each
 * run; the disk follows from the paths that the bridge is given ({@code files.Disk}).
 *
 * @param clock the bridge's time
 * @param wallMs milliseconds since the epoch by the present wall clock, for times that others
 *     compare with theirs
 * @param moments receives each fail point that comes
 * @param once the things that all runs in one process have or do once
 */
public record World(
    BridgeClock clock,
    LongSupplier wallMs,
    Threads threads,
    Chance chance,
    Moments moments,
    Once once) {
  /** Returns the world of this JVM, with a new clock. */
  public static World ofJvm() {
    return of(BridgeClock.system());
  }

  /** Returns the world of this JVM, with {@code clock} as its clock. */
  public static World of(BridgeClock clock) {
    return new World(
        clock, BridgeClock.WALL_MS, Threads.OF_JVM, Chance.OF_JVM, FailPoint.ARMED, Once.OF_JVM);
  }
}
