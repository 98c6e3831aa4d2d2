package org.aibridge.core.operator;

import java.util.concurrent.atomic.AtomicReference;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * Writes the {@link MetricsFile} on a thread of its own, which is made for the first of them: its
 * folder may be on a network's disk that hangs, and then the status and commands go on.
 */
public final class MetricsDuty implements Duty {
  private static final Logger log = Logs.of(MetricsDuty.class);
  private static final long REST_NANOS = 60_000_000_000L;
  private static final long STOP_MS = 1000;
  private static final long LOOK_EVERY_NANOS = 2_000_000;

  private final MetricsFile file;
  private final World world;
  private final Worker worker;
  private final LogThrottle throttle;

  /** The status to write next; removed once it is written. */
  private final AtomicReference<Given> given = new AtomicReference<>();

  /** Only the thread that calls {@link #give} uses this field. */
  private boolean started;

  private record Given(String statusJson, boolean last) {}

  /** Creates the duty; {@code threadName} is the name of its thread. */
  public MetricsDuty(MetricsFile file, World world, String threadName) {
    this.file = file;
    this.world = world;
    this.throttle = new LogThrottle(world.clock());
    this.worker = world.threads().worker(threadName, Duty.WATCHFUL_NANOS, REST_NANOS);
    worker.assign(this);
  }

  /**
   * Has a status written, unless there is no file for it or a later one comes before. For one
   * thread; waits for nothing.
   *
   * @param last whether no other will come
   */
  void give(String statusJson, boolean last) {
    if (!file.isWanted(last)) {
      return;
    }
    given.set(new Given(statusJson, last));
    try {
      if (!started) {
        worker.start();
        started = true;
      }
      worker.wake();
    } catch (OutOfMemoryError e) {
      throttle.run("thread", () -> log.warn("[metrics] textfile: {}", Reason.of(e)));
    }
  }

  @Override
  public int runOnce() {
    Given next = given.get();
    if (next == null) {
      return 0;
    }
    file.write(next.statusJson, next.last);
    given.compareAndSet(next, null);
    return 1;
  }

  /** Waits a moment for the write of the last status, then ends the thread. */
  void close() {
    if (!started) {
      return;
    }
    world.threads().await(() -> given.get() == null, STOP_MS * 1_000_000, LOOK_EVERY_NANOS);
    if (!worker.stop(STOP_MS)) {
      log.warn(
          "[metrics] textfile: its disk hangs, and the thread that waits for it is left behind");
    }
  }
}
