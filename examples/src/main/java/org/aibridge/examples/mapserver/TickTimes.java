package org.aibridge.examples.mapserver;

import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.examples.mapserver.TickMeter.Share;

/**
 * How long the ticks took, and whose that time was.
 *
 * <p>The first {@value #WARM_UP_TICKS} ticks, two seconds, are kept apart: the JVM is compiling
 * then, and a server that runs for weeks is not known by them. The game thread records, without
 * allocating; one other thread asks.
 */
public final class TickTimes {
  /** The number of ticks at the start that are counted separately. */
  public static final int WARM_UP_TICKS = 2_000 / GameWorld.TICK_MS;

  private final Phase warmUp = new Phase();
  private final Phase settled = new Phase();

  /** The number of ticks recorded; only the game thread writes it. */
  private volatile long recorded;

  private volatile long skipped;

  /** The longest tick since the last reading; the game thread writes it, the reader resets it. */
  private final AtomicLong windowTickNanos = new AtomicLong();

  private final AtomicLong windowBridgeNanos = new AtomicLong();

  /**
   * One more tick.
   *
   * @param runNanos how long the game thread had a core during it
   */
  void record(long nanos, TickMeter meter, long runNanos) {
    Phase phase = recorded < WARM_UP_TICKS ? warmUp : settled;
    long bridgeNanos = meter.nanos(Share.BRIDGE);
    phase.record(nanos, bridgeNanos, meter.nanos(Share.SCRIPTS), runNanos);
    windowTickNanos.accumulateAndGet(nanos, Math::max);
    windowBridgeNanos.accumulateAndGet(bridgeNanos, Math::max);
    recorded++;
  }

  void skip(long ticksSkipped) {
    skipped += ticksSkipped;
  }

  /** Returns the longest times since the last call of this method. */
  public Window takeWindow() {
    return new Window(windowTickNanos.getAndSet(0), windowBridgeNanos.getAndSet(0));
  }

  /** Returns a report on all ticks so far. */
  public Report report() {
    return new Report(recorded, skipped, warmUp.picture(), settled.picture());
  }

  /** The ticks of one part of a run. Written by the game thread. */
  private static final class Phase {
    private final Series ticks = new Series();
    private final Series bridge = new Series();
    private final Series scripts = new Series();

    void record(long nanos, long bridgeNanos, long scriptNanos, long runNanos) {
      ticks.record(nanos, runNanos);
      bridge.record(bridgeNanos, runNanos);
      scripts.record(scriptNanos, runNanos);
    }

    Picture picture() {
      return new Picture(ticks.stat(), bridge.stat(), scripts.stat());
    }
  }

  /** Durations of one kind. The game thread records them; any thread may read. */
  static final class Series {
    private final Histogram histogram = new Histogram();
    private volatile long longestNanos;
    private volatile long longestRunNanos;

    void record(long nanos, long runNanos) {
      histogram.record(nanos);
      if (nanos > longestNanos) {
        longestNanos = nanos;
        longestRunNanos = Math.min(nanos, runNanos);
      }
    }

    Stat stat() {
      long[] counts = histogram.copy();
      return new Stat(
          Math.min(longestNanos, Histogram.percentile(counts, 0.5)),
          Math.min(longestNanos, Histogram.percentile(counts, 0.99)),
          longestNanos,
          longestRunNanos);
    }
  }

  /**
   * The ticks of late, in nanoseconds.
   *
   * @param tickNanos the longest tick
   * @param bridgeNanos the most that a tick spent inside the bridge
   */
  public record Window(long tickNanos, long bridgeNanos) {}

  /**
   * Durations of one kind; percentiles are exact to an eighth.
   *
   * <p>A thread takes time without running when it has no core, when the JVM collects garbage, and
   * when something blocks it.
   *
   * @param p50Nanos half took no longer
   * @param p99Nanos 99 of 100 took no longer
   * @param longestNanos the longest
   * @param longestRunNanos the part of the longest in which the game thread can have run: at most
   *     as long as it ran in that tick
   */
  public record Stat(long p50Nanos, long p99Nanos, long longestNanos, long longestRunNanos) {}

  /**
   * One part of a run.
   *
   * @param ticks whole ticks
   * @param bridge what each tick spent inside the bridge
   * @param scripts what each tick spent in NPC scripts, outside the bridge
   */
  public record Picture(Stat ticks, Stat bridge, Stat scripts) {}

  /**
   * All ticks.
   *
   * @param count ticks made
   * @param skipped ticks left out because the loop was too far behind
   * @param warmUp the first {@link #WARM_UP_TICKS}
   * @param settled the others
   */
  public record Report(long count, long skipped, Picture warmUp, Picture settled) {
    /** Returns the settled part of a run, or the warm-up if the run ended before that part. */
    public Picture main() {
      return count > WARM_UP_TICKS ? settled : warmUp;
    }
  }
}
