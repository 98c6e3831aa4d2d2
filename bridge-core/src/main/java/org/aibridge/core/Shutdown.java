package org.aibridge.core;

import java.util.function.BooleanSupplier;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * The end of a bridge, in order: nothing more is taken in, what was taken is brought to the disk,
 * what can be sent is sent, the threads end, the files are closed.
 *
 * <p>An interrupt ends the wait for the sender and nothing else: the files are closed in order all
 * the same, and the thread is interrupted again at the end.
 */
final class Shutdown {
  private static final Logger log = Logs.of(Shutdown.class);

  private static final int LOOK_EVERY_NANOS = 2_000_000;
  private static final int WORKER_STOP_MS = 2000;

  /** How long a sync under way at the end is waited for, beyond the shutdown's time. */
  private static final int SYNC_STOP_MS = 500;

  private final Stages stages;
  private final BridgeClock clock;
  private final Threads threads;

  /** Whether all threads run; else there is nothing to wait for. */
  private volatile boolean started;

  /** Whether whoever closes was interrupted, and does not want to wait for the sender. */
  private volatile boolean hurried;

  Shutdown(Stages stages, World world) {
    this.stages = stages;
    this.clock = world.clock();
    this.threads = world.threads();
  }

  /** Says that all threads run and hosts can publish. */
  void started() {
    started = true;
    stages.journal.serve();
  }

  /** Does all of it, once; returns at its end. */
  void run() {
    if (stages.workers().stream().anyMatch(Worker::isCurrent)) {
      closeHere(); // Another thread would wait for this one.
    } else {
      threads.apart(
          Stages.nameOf(stages.config.get()) + " close",
          () -> {
            inOrder();
            return null;
          },
          this::hurry);
    }
  }

  /** Waits for the sender no longer. Any thread. */
  void hurry() {
    hurried = true;
  }

  private void closeHere() {
    boolean interrupted = Thread.interrupted();
    try {
      inOrder();
    } finally {
      if (interrupted || hurried) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Does all of it on this thread. */
  void inOrder() {
    long deadline = clock.nanos() + stages.config.get().bridge().shutdownTimeout().toNanos();
    stages.journal.intake().shut(RefusalReason.CLOSED);
    boolean journalStopped = stop(stages.journalWorker);
    if (journalStopped) {
      fenced(() -> stages.journal.duty().finish(millisUntil(deadline)));
    }
    stages.journal.sync().beginClosing();
    stages.syncWorker.wake();
    stages.dispatcher.beginClosing();
    stages.actions.beginClosing();
    stages.dispatchWorker.wake();
    stages.actionsWorker.wake();
    fenced(() -> await(deadline, this::isSenderDone));
    stages.journal.journal().stopVerification();
    fenced(stages.client::close);
    boolean stopped = journalStopped & stop(stages.dispatchWorker) & stop(stages.actionsWorker);
    stopped &= stop(stages.housekeeperWorker);
    boolean operatorEnded = stop(stages.operatorWorker);
    fenced(stages.housekeeper::close);
    fenced(stages.reloads::close);
    if (operatorEnded) { // Else its disk hangs, and would keep this thread too.
      fenced(stages.operator::close);
    }
    fenced(() -> awaitSync(deadline));
    if (stopped && operatorEnded) {
      stages.close();
    } else {
      log.error(
          "a thread of the bridge hangs, its files stay open; nothing is lost, the next start goes"
              + " on");
    }
    fenced(this::report);
  }

  /** One step of the end, which must not keep the next ones from being made. */
  private static void fenced(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      log.error(
          "a step of closing failed, the others are made: {}", Reason.sentence(e), Reason.trace(e));
    }
  }

  private boolean stop(Worker worker) {
    boolean stopped = worker.stop(WORKER_STOP_MS);
    if (Thread.interrupted()) {
      hurried = true;
      stopped = worker.stop(WORKER_STOP_MS);
    }
    return stopped;
  }

  private void await(long deadline, BooleanSupplier done) {
    if (started) {
      threads.await(
          () -> hurried || done.getAsBoolean(), deadline - clock.nanos(), LOOK_EVERY_NANOS);
      if (Thread.interrupted()) {
        hurried = true;
      }
    }
  }

  /** Whether everything is sent and reported, or nothing can be. */
  private boolean isSenderDone() {
    boolean refused =
        stages.dispatcher.isPaused() || stages.client.isKeptBack(ServiceRequest.Caller.DISPATCH);
    boolean eventsEnd = stages.dispatcher.isDrained() || refused && stages.dispatcher.isStuck();
    boolean resultsEnd =
        stages.actions.isDrained()
            || stages.client.isKeptBack(ServiceRequest.Caller.RESULTS)
            || refused && stages.client.isUnanswered(ServiceRequest.Caller.RESULTS);
    return eventsEnd && resultsEnd;
  }

  /** A sync that hangs keeps nothing from being closed: it has files of its own. */
  private void awaitSync(long deadline) {
    if (stages.journal.isSynced()) {
      await(deadline, stages.journal.sync()::isDone);
    }
    if (!stages.syncWorker.stop(SYNC_STOP_MS)) {
      log.error("{}; the thread that waits for it is left behind", stages.journal.sync().problem());
    }
  }

  private long millisUntil(long deadlineNanos) {
    return Math.max(1, (deadlineNanos - clock.nanos()) / 1_000_000);
  }

  private void report() {
    BridgeStatus.Events events = stages.status().events();
    log.info(
        "the AI bridge {} is closed: {} events accepted, {} delivered, {} dead-lettered, {}"
            + " expired, {} left for the next start",
        stages.config.get().bridge().serverId(),
        events.accepted(),
        events.delivered(),
        events.deadLettered(),
        events.expired(),
        events.waiting());
  }
}
