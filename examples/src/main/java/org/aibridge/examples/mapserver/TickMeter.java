package org.aibridge.examples.mapserver;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Tells whose the time of a tick is: the world's own, the bridge's, or the NPC scripts'.
 *
 * <p>Whoever begins enters its share and gives back the one before when it is done, so that each
 * nanosecond counts once, however calls nest. The clock itself costs some tens of nanoseconds a
 * change and is counted with the shares. Game thread only.
 */
public final class TickMeter {
  /** The parts among which a tick's time is divided. */
  public enum Share {
    /** The map-server's own work. */
    WORLD,
    /** Calls into the bridge. */
    BRIDGE,
    /** NPC scripts and their engine. */
    SCRIPTS
  }

  private final LongSupplier nanoClock;
  private final long[] nanos = new long[Share.values().length];
  private Share current = Share.WORLD;
  private long sinceNanos;

  /** Creates a meter that uses the system's clock. */
  public TickMeter() {
    this(System::nanoTime);
  }

  TickMeter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.sinceNanos = nanoClock.getAsLong();
  }

  /** Counts the time from now on for {@code share}; returns the previous share. */
  public Share enter(Share share) {
    long now = nanoClock.getAsLong();
    nanos[current.ordinal()] += now - sinceNanos;
    sinceNanos = now;
    Share before = current;
    current = share;
    return before;
  }

  /** Begins a tick, with the world's share. */
  void begin() {
    enter(Share.WORLD);
    Arrays.fill(nanos, 0);
  }

  /** Returns a share's time in this tick, up to the last change of shares. */
  long nanos(Share share) {
    return nanos[share.ordinal()];
  }
}
