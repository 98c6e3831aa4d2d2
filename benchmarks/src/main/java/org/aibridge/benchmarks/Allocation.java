package org.aibridge.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Counts the bytes that the calling thread allocates, exactly. JMH's own {@code gc} profiler counts
 * every thread of the process, and thus also the worker threads of the bridge and of its peers.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Allocation {
  public long allocated;

  /** The number of calls with an unexpected result; if it is not 0, the measurement is invalid. */
  public long drops;

  private long before;

  @Setup(Level.Iteration)
  public void reset() {
    allocated = 0;
    drops = 0;
  }

  void begin() {
    before = Meters.allocated();
  }

  void end() {
    allocated += Meters.allocated() - before;
  }

  /** Counts a drop if {@code taken} is false. */
  void expect(boolean taken) {
    if (!taken) {
      drops++;
    }
  }
}
