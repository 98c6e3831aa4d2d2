package org.aibridge.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Bytes the calling thread allocated. Exact; JMH's own {@code gc} profiler counts every thread of
 * the process, and thus those that work for the bridge and for its peers behind the caller's back.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Allocation {
  public long allocated;

  /** Calls that were not taken, where all should have been; a figure with drops is none. */
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

  /** Counts a call that was not taken. */
  void expect(boolean taken) {
    if (!taken) {
      drops++;
    }
  }
}
