package org.aibridge.core;

import java.time.Duration;
import java.util.function.Supplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/** Starts a bridge on a separate thread; the host uses a {@link StartingBridge} meanwhile. */
final class AsyncStart {
  private static final Logger log = Logs.of(AsyncStart.class);
  private static final long LOOK_EVERY_NANOS = 2_000_000;

  private final Intake intake;
  private final Threads threads;
  private final Duration closeTimeout;
  private final Supplier<AiBridge> start;
  private final Worker worker;
  private final StartingBridge front;

  /** The thread that starts the bridge. */
  private volatile Thread maker;

  /** True if the starting thread must close the bridge, because close() no longer waits. */
  private volatile boolean closedByMaker;

  /** The bridge that the start has created; null until then. */
  private volatile AiBridge made;

  /**
   * @param closeTimeout how long a close waits for the start
   * @param start makes the bridge, or one that is off and has given up the ring
   */
  AsyncStart(
      String name,
      Intake intake,
      Threads threads,
      Duration closeTimeout,
      Supplier<AiBridge> start) {
    this.intake = intake;
    this.threads = threads;
    this.closeTimeout = closeTimeout;
    this.start = start;
    front = new StartingBridge(intake, this::close);
    worker = threads.worker(name, Duty.WATCHFUL_NANOS, Duty.WATCHFUL_NANOS);
    worker.assign(this::run);
  }

  /** Starts the bridge on a new thread, or on this one if that fails. Returns the host's bridge. */
  AiBridge begin() {
    try {
      worker.start();
    } catch (OutOfMemoryError e) {
      run();
    }
    return front;
  }

  private int run() {
    maker = Thread.currentThread();
    AiBridge bridge = make();
    made = bridge;
    if (closedByMaker) {
      bridge.close();
    }
    worker.stop(1); // The thread does only this one thing.
    return 0;
  }

  private AiBridge make() {
    AiBridge bridge = null;
    try {
      bridge = start.get();
      if (bridge instanceof OffBridge off) {
        bridge = withWhatWaits(off);
      }
      front.become(bridge);
      return bridge;
    } catch (Throwable e) {
      if (bridge != null) {
        bridge.close();
      }
      AiBridge off = withWhatWaits(BridgeStart.failed(e));
      front.become(off);
      return off;
    }
  }

  /** Returns {@code off}; its problem also says how many events wait for the next start. */
  private OffBridge withWhatWaits(OffBridge off) {
    intake.turnOff();
    long waiting = intake.accepted();
    String problem = off.problem();
    if (waiting > 0) {
      String told =
          Sentence.of("%d events published during the start wait for the next one", waiting);
      log.warn("{}", told);
      problem = problem + "; " + told;
    }
    return new OffBridge(BridgeState.OFF, problem, intake::accepted, intake.refusals());
  }

  /**
   * Closes the bridge when the start, which uses its ring and folders, is over. Where nobody can
   * wait for that, the start's own thread closes it at last: on that thread, as in a logger of the
   * host's, or once the time is over, as on a disk that hangs.
   */
  private void close() {
    if (Thread.currentThread() == maker && made == null) {
      closedByMaker = true;
      return;
    }
    boolean interrupted = false;
    while (!threads.await(() -> made != null, closeTimeout.toNanos(), LOOK_EVERY_NANOS)
        && Thread.interrupted()) {
      interrupted = true; // An interrupt does not end the wait.
    }
    if (made == null) {
      closedByMaker = true; // Both threads may close the bridge; the second close does nothing.
    }
    if (made == null) {
      log.error(
          "the start has not ended within {} ms, and its thread closes the bridge when it has; what"
              + " was published is in the ring, for this start or the next one",
          closeTimeout.toMillis());
    } else {
      closeMade(interrupted);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeMade(boolean hurried) {
    if (hurried && made instanceof CoreBridge core) {
      core.shutdown().hurry();
    }
    made.close();
  }
}
