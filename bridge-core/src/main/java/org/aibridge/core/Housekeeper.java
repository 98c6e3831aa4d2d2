package org.aibridge.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.script.ScriptHttpService;
import org.aibridge.core.status.Diagnosis;
import org.aibridge.core.status.DiagnosisLog;
import org.slf4j.Logger;

/**
 * The keeper thread's work: looking for others what the game thread has left them, script HTTP,
 * reloads, and what is done once a second. It touches no disk of the journal's, so that one which
 * hangs keeps nobody from being looked for.
 */
final class Housekeeper implements Duty {
  private static final Logger log = Logs.of(Housekeeper.class);
  private static final int MAX_RELOADS_AT_ONCE = 1000;

  /** For when there is no memory to make another. */
  private static final ReloadResult UNTOLD =
      new ReloadResult(false, List.of("the reload failed, and nobody can say how"));

  private static final long SAMPLE_EVERY_NANOS = 1_000_000_000L;
  private static final long REPORT_EVERY_NANOS = 10_000_000_000L;

  private final IdleWatch idleWatch;
  private final ScriptHttpService scripts;
  private final LiveConfig config;
  private final ServiceClient client;
  private final RefusalReport refusals;
  private final DiagnosisLog states = new DiagnosisLog();
  private final Supplier<BridgeStatus> status;
  private final BridgeClock clock;
  private final Queue<CompletableFuture<ReloadResult>> reloads = new ConcurrentLinkedQueue<>();
  private long nextSampleNanos;
  private long nextReportNanos;
  private volatile boolean closed;

  Housekeeper(
      IdleWatch idleWatch,
      ScriptHttpService scripts,
      LiveConfig config,
      ServiceClient client,
      RefusalReport refusals,
      Supplier<BridgeStatus> status,
      BridgeClock clock) {
    this.idleWatch = idleWatch;
    this.scripts = scripts;
    this.config = config;
    this.client = client;
    this.refusals = refusals;
    this.status = status;
    this.clock = clock;
    this.nextSampleNanos = clock.nanos();
    this.nextReportNanos = clock.nanos();
  }

  /** Asks for a reload; any thread, no waiting. */
  CompletionStage<ReloadResult> reload() {
    CompletableFuture<ReloadResult> result = new CompletableFuture<>();
    reloads.add(result);
    if (closed) {
      refuseReloads();
    }
    return result;
  }

  @Override
  public int runOnce() {
    idleWatch.look();
    client.beat();
    int work = scripts.runOnce();
    work += answerReloads();
    long now = clock.nanos();
    if (now - nextSampleNanos >= 0) {
      nextSampleNanos = now + SAMPLE_EVERY_NANOS;
      client.look();
      reportState();
    }
    if (now - nextReportNanos >= 0) {
      nextReportNanos = now + REPORT_EVERY_NANOS;
      reportRefusals();
    }
    return work;
  }

  /** Answers what was still asked; the duty's thread has ended. */
  void close() {
    closed = true;
    refuseReloads();
    reportRefusals();
  }

  private void reportState() {
    BridgeStatus now = status.get();
    BridgeStatus.Outlook outlook = now.outlook();
    Diagnosis told =
        new Diagnosis(now.state(), now.problem(), outlook.toDo(), outlook.next(), "", 0);
    String said = outlook.said();
    BridgeStatus.Events events = now.events();
    String news = states.next(told, said, events.waiting(), events.refused(), clock.nanos());
    if (!news.isEmpty()) {
      if (states.isWarning()) {
        log.warn("{}", news);
      } else {
        log.info("{}", news);
      }
    }
  }

  private void reportRefusals() {
    String fresh = refusals.next();
    if (!fresh.isEmpty()) {
      log.warn("{}", fresh);
    }
  }

  /**
   * One look at the file answers everyone who asked before it; a script that asks without end
   * cannot keep this thread.
   */
  private int answerReloads() {
    if (reloads.isEmpty()) {
      return 0;
    }
    List<CompletableFuture<ReloadResult>> all = new ArrayList<>();
    CompletableFuture<ReloadResult> asked = reloads.poll();
    while (asked != null) {
      all.add(asked);
      asked = all.size() < MAX_RELOADS_AT_ONCE ? reloads.poll() : null;
    }
    ReloadResult result = UNTOLD;
    try {
      result = reloadNow();
    } finally {
      for (CompletableFuture<ReloadResult> future : all) {
        future.complete(result);
      }
    }
    return all.size();
  }

  private ReloadResult reloadNow() {
    try {
      ReloadResult result = config.reload(client::reconfigure);
      if (result.reloaded()) {
        log.info("the configuration is reloaded");
      } else {
        log.error("the configuration stays as it is");
      }
      result.problems().forEach(log::warn);
      return result;
    } catch (Throwable e) {
      // Whatever it was, whoever asked gets an answer.
      log.error(
          "the reload failed, the configuration stays as it is: {}", Reason.of(e), Reason.trace(e));
      return new ReloadResult(false, List.of(Reason.of(e)));
    }
  }

  private void refuseReloads() {
    for (CompletableFuture<ReloadResult> asked = reloads.poll();
        asked != null;
        asked = reloads.poll()) {
      asked.complete(new ReloadResult(false, List.of("the bridge is closed")));
    }
  }
}
