package org.aibridge.sim;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;

/**
 * Runs a bridge's workers on one thread, in slices; while one worker waits, the others run. Workers
 * whose slices may wait for the network have a {@link Strand} for each slice.
 */
final class SimThreads implements Threads {
  private static final long SLICE_NANOS = 100_000;
  private static final long MIN_IDLE_NANOS = 100_000;
  private static final long WAKE_NANOS = 1_000_000;

  /** Runs the slices, and observes the result of each. */
  interface Watch {
    /** Runs {@code slice} of the worker {@code name}; returns how much work it did. */
    int slice(String name, Duty slice);
  }

  private final SimLoop loop;
  private final Mix mix;
  private final Watch watch;

  /** True after a simulated kill: no worker runs any more, and a wait only moves the clock. */
  private boolean dead;

  SimThreads(SimLoop loop, Mix mix, Watch watch) {
    this.loop = loop;
    this.mix = mix;
    this.watch = watch;
  }

  /** Simulates a kill of the process; afterwards, the bridge only releases its files. */
  void kill() {
    dead = true;
  }

  /** True if the slices of the worker {@code name} may wait in simulated time. */
  static boolean mayWait(String name) {
    return name.startsWith("kafka");
  }

  @Override
  public Worker worker(String name, long maxIdleNanos, long restNanos) {
    return new Post(name.replaceFirst(".* ", ""), maxIdleNanos, restNanos);
  }

  @Override
  public <T> T apart(String name, Supplier<T> work, Runnable onInterrupt) {
    return work.get();
  }

  @Override
  public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
    long until = loop.clock.now() + nanos;
    while (!dead && !done.getAsBoolean() && loop.step(until)) {
      Thread.onSpinWait();
    }
    boolean isDone = done.getAsBoolean();
    if (!isDone) {
      loop.clock.moveTo(until);
    }
    return isDone;
  }

  /** The worker for one of the bridge's threads. */
  private final class Post implements Worker {
    private final String name;
    private final long maxIdleNanos;
    private final long restNanos;
    private Duty duty;
    private boolean running;
    private boolean inSlice;

    /** True if this worker was woken during its slice, so that its next slice follows soon. */
    private boolean woken;

    private long idleNanos = MIN_IDLE_NANOS;
    private long dueNanos;
    private long turn;

    Post(String name, long maxIdleNanos, long restNanos) {
      this.name = name;
      this.maxIdleNanos = maxIdleNanos;
      this.restNanos = restNanos;
    }

    @Override
    public void assign(Duty work) {
      duty = work;
    }

    @Override
    public void start() {
      running = true;
      due(mix.between(0, SLICE_NANOS));
    }

    @Override
    public void wake() {
      woken = inSlice;
      if (running && !inSlice && dueNanos - loop.clock.now() > WAKE_NANOS) {
        due(mix.between(0, WAKE_NANOS));
      }
    }

    @Override
    public boolean isCurrent() {
      return inSlice;
    }

    @Override
    public boolean stop(long timeoutMs) {
      running = false;
      return true;
    }

    private void due(long inNanos) {
      dueNanos = loop.clock.now() + Math.max(0, inNanos);
      long mine = ++turn;
      loop.at(
          dueNanos,
          () -> {
            if (mine == turn && running && !dead) {
              if (mayWait(name)) {
                Strand.run(this::slice);
              } else {
                slice();
              }
            }
          });
    }

    private void slice() {
      inSlice = true;
      woken = false;
      int work = watch.slice(name, duty);
      inSlice = false;
      if (work > 0 || woken) {
        idleNanos = MIN_IDLE_NANOS;
        due(mix.between(1, SLICE_NANOS));
      } else {
        due(Math.min(idleNanos, Math.max(maxIdleNanos, duty.mayRestNanos())));
        idleNanos = idleNanos < maxIdleNanos ? Math.min(idleNanos * 2, maxIdleNanos) : restNanos;
      }
    }
  }
}
