package org.aibridge.core;

import java.util.function.BooleanSupplier;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.Standing;
import org.slf4j.Logger;

/**
 * Closes a bridge in order: nothing more is accepted, what was accepted is written to the disk,
 * what can be sent is sent, the threads end, the files are closed.
 *
 * <p>An interrupt ends the waits for the sender, for the last sync and for the host's listeners,
 * and nothing else: the files are closed in order all the same, and the thread's interrupt flag is
 * set again at the end.
 */
final class Shutdown {
  private static final Logger log = Logs.of(Shutdown.class);

  private static final int LOOK_EVERY_NANOS = 2_000_000;
  private static final int WORKER_STOP_MS = 2000;

  /** The maximum time by which a running sync prolongs the shutdown, in milliseconds. */
  private static final int SYNC_STOP_MS = 500;

  /** How long a close waits for the host's listeners of events, in nanoseconds. */
  private static final long NOTICES_NANOS = 200_000_000;

  private static final int NOTICES_STOP_MS = 200;

  private final Stages stages;
  private final BridgeClock clock;
  private final Threads threads;

  /** True once all threads run; before that, a close does not wait for events and results. */
  private volatile boolean started;

  /** True if the closing thread was interrupted, and so does not wait for the last events. */
  private volatile boolean hurried;

  Shutdown(Stages stages, World world) {
    this.stages = stages;
    this.clock = world.clock();
    this.threads = world.threads();
  }

  /** Notes that all threads run. */
  void started() {
    started = true;
  }

  /** Closes the bridge, and returns when that is done. Called once. */
  void run() {
    if (stages.workers().stream().anyMatch(Worker::isCurrent)) {
      // Closes here: a new thread would wait for this thread, which is one of the bridge's own.
      closeHere();
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

  /** Makes the close stop waiting for the last events and results. Any thread. */
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

  /** Closes the bridge on the calling thread. */
  void inOrder() {
    long deadline = clock.nanos() + stages.config.get().bridge().shutdownTimeout().toNanos();
    stages.journal.source().shut(RefusalReason.CLOSED);
    boolean journalStopped = stop(stages.journalWorker);
    if (journalStopped) {
      fenced(() -> stages.journal.duty().finish(millisUntil(deadline)));
    }
    stages.journal.sync().beginClosing();
    stages.syncWorker.wake();
    stages.dispatchers.beginClosing();
    stages.actions.beginClosing();
    stages.dispatchWorker.wake();
    stages.actionsWorker.wake();
    fenced(() -> await(deadline, this::isSenderDone));
    stages.journal.journal().stopVerification();
    fenced(stages.service::close);
    stages.dispatchers.all().forEach(route -> fenced(route.service()::close));
    fenced(stages.client::close);
    boolean stopped = journalStopped & stop(stages.dispatchWorker) & stop(stages.actionsWorker);
    stopped &= stop(stages.housekeeperWorker);
    boolean operatorEnded = stop(stages.operatorWorker);
    fenced(stages.housekeeper::close);
    fenced(stages.reloads::close);
    // An operator thread that still runs hangs in a disk call; close() would hang there too.
    if (operatorEnded) {
      fenced(stages.operator::close);
    }
    fenced(stages.alarms::close);
    fenced(() -> awaitSync(deadline));
    if (stopped && operatorEnded) {
      stages.close();
    } else {
      log.error(
          "a thread of the bridge hangs, its files stay open; nothing is lost, the next start goes"
              + " on");
    }
    fenced(this::tellTheHost); // Not earlier: closing the dispatcher may end more events.
    fenced(this::report);
  }

  /** Runs one step of the shutdown; catches its failure so that the next steps run. */
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

  /** True if all events and results are sent, or if no more can be sent. */
  private boolean isSenderDone() {
    Standing results = stages.service.standing(Service.Use.RESULTS);
    boolean eventsEnd = stages.dispatchers.isDone();
    boolean refused = stages.dispatchers.main().isKeptBack();
    boolean resultsEnd =
        stages.actions.isDrained() || results.isKeptBack() || refused && !results.said().isEmpty();
    return eventsEnd && resultsEnd;
  }

  /**
   * Waits for the last sync. If it hangs, the close goes on: the sync has opened files of its own.
   */
  private void awaitSync(long deadline) {
    if (stages.journal.isSynced()) {
      await(deadline, stages.journal.sync()::isDone);
    }
    if (!stages.syncWorker.stop(SYNC_STOP_MS)) {
      log.error("{}; the thread that waits for it is left behind", stages.journal.sync().problem());
    }
  }

  /**
   * Gives the host's listeners a moment for what they were not told; nothing waits for a slow one.
   * Where a listener has called for the close, the rest is told when it returns.
   */
  private void tellTheHost() {
    if (!stages.notices.isUsed()) {
      return;
    }
    if (stages.noticeWorker.isCurrent()) {
      stages.notices.tellAllInThisSlice();
      stages.noticeWorker.stop(NOTICES_STOP_MS);
      return;
    }
    threads.await(() -> hurried || stages.notices.isDone(), NOTICES_NANOS, LOOK_EVERY_NANOS);
    hurried |= Thread.interrupted();
    boolean stopped = stages.noticeWorker.stop(hurried ? 1 : NOTICES_STOP_MS);
    int left = stages.notices.waiting();
    if (left > 0) {
      log.warn("the server's listener was not told what became of the last {} events", left);
    }
    if (!stopped && !hurried) {
      log.warn("the server's listener of events hangs; its thread is left behind");
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
