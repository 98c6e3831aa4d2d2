package org.aibridge.examples.mapserver;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Calls the world 20 times a second and measures every tick.
 *
 * <p>Ticks are due at fixed moments of a monotonic clock, so one that is late does not move the
 * others; late ones follow each other without a pause. Who is more than {@value #MAX_BEHIND} ticks
 * behind leaves the missed ones out: catching up with everything would make a slow server slower.
 *
 * <p>{@link #run} belongs to the game thread; {@link #stop} and {@link #times} to any.
 */
public final class GameLoop implements Runnable {
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(GameWorld.TICK_MS);
  static final int MAX_BEHIND = 5;

  private final IntConsumer world;
  private final TickMeter meter;
  private final Time time;
  private final TickTimes times = new TickTimes();
  private volatile boolean stopped;
  private volatile Throwable failure;

  /**
   * A loop on the system's clock.
   *
   * @param world takes the number of the tick, from 0
   * @param meter told by the world and the bridge whose the time of the tick is
   */
  public GameLoop(IntConsumer world, TickMeter meter) {
    this(world, meter, new SystemTime());
  }

  GameLoop(IntConsumer world, TickMeter meter, Time time) {
    this.world = world;
    this.meter = meter;
    this.time = time;
  }

  /** Runs ticks until stopped or until the world throws; see {@link #failure} for the cause. */
  @Override
  public void run() {
    try {
      loop();
    } catch (Throwable e) {
      failure = e;
    }
  }

  private void loop() {
    long due = time.nanoTime();
    for (int tick = 0; !stopped && !Thread.currentThread().isInterrupted(); tick++) {
      due += ticksMissed(due) * TICK_NANOS;
      time.sleepUntil(due);
      measure(tick);
      due += TICK_NANOS;
    }
  }

  private long ticksMissed(long due) {
    long behind = (time.nanoTime() - due) / TICK_NANOS;
    if (behind <= MAX_BEHIND) {
      return 0;
    }
    times.skip(behind);
    return behind;
  }

  private void measure(int tick) {
    long runStart = time.runNanos();
    long start = time.nanoTime();
    meter.begin();
    world.accept(tick);
    long end = time.nanoTime();
    times.record(end - start, meter, time.runNanos() - runStart);
  }

  /** Makes the current tick the last one; an interrupt does the same. */
  public void stop() {
    stopped = true;
  }

  /** Returns how long the ticks took. */
  public TickTimes times() {
    return times;
  }

  /** Returns what ended the loop early; {@code null} if nothing did. */
  public Throwable failure() {
    return failure;
  }

  /** A monotonic clock, and a way to sleep until a given time. */
  interface Time {
    long nanoTime();

    /** Returns the CPU time of the calling thread, in nanoseconds. */
    long runNanos();

    /** Sleeps until {@code nanoTime}; returns at once if that has passed. */
    void sleepUntil(long nanoTime);
  }

  private static final class SystemTime implements Time {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final boolean measuresRuns = threads.isCurrentThreadCpuTimeSupported();

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    /** Returns the thread's CPU time; if that is not measured, returns the elapsed time instead. */
    @Override
    public long runNanos() {
      return measuresRuns ? threads.getCurrentThreadCpuTime() : System.nanoTime();
    }

    @Override
    public void sleepUntil(long nanoTime) {
      for (long left; (left = nanoTime - System.nanoTime()) > 0; ) {
        LockSupport.parkNanos(left);
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
      }
    }
  }
}
