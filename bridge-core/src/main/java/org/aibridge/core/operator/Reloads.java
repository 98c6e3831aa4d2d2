package org.aibridge.core.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.aibridge.api.ReloadResult;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * The requested reloads of the configuration. {@link #ask} and {@link #hasWaiting} are for any
 * thread and never block; {@link #runOnce} reads the files, on the operator thread.
 */
public final class Reloads {
  private static final Logger log = Logs.of(Reloads.class);
  private static final int MAX_AT_ONCE = 1000;

  /** The result if there is not even enough memory to create a result. */
  private static final ReloadResult UNTOLD =
      new ReloadResult(
          ReloadResult.Outcome.FAILED, List.of("the reload failed, and nobody can say how"));

  private final LiveConfig config;
  private final LiveConfig.Acceptor acceptor;
  private final Queue<CompletableFuture<ReloadResult>> asked = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * Creates the reloads of {@code config}.
   *
   * @param acceptor accepts new settings, see {@link LiveConfig#reload}
   */
  public Reloads(LiveConfig config, LiveConfig.Acceptor acceptor) {
    this.config = config;
    this.acceptor = acceptor;
  }

  /**
   * Requests a reload. The answer is completed on the operator thread; after {@link #close}, on the
   * thread that closes or asks.
   */
  public CompletionStage<ReloadResult> ask() {
    CompletableFuture<ReloadResult> result = new CompletableFuture<>();
    asked.add(result);
    if (closed) {
      refuseAll();
    }
    return result;
  }

  /** True if a request is waiting for its answer. */
  public boolean hasWaiting() {
    return !asked.isEmpty();
  }

  /**
   * Reads the file once and answers all waiting requests, up to a limit: a script that sends
   * requests without end cannot keep this thread.
   */
  int runOnce() {
    if (asked.isEmpty()) {
      return 0;
    }
    List<CompletableFuture<ReloadResult>> all = new ArrayList<>();
    CompletableFuture<ReloadResult> next = asked.poll();
    while (next != null) {
      all.add(next);
      next = all.size() < MAX_AT_ONCE ? asked.poll() : null;
    }
    ReloadResult result = UNTOLD;
    try {
      result = reload();
    } finally {
      for (CompletableFuture<ReloadResult> future : all) {
        future.complete(result);
      }
    }
    return all.size();
  }

  /** Refuses all requests, present and future. */
  public void close() {
    closed = true;
    refuseAll();
  }

  private ReloadResult reload() {
    try {
      ReloadResult result = config.reload(acceptor);
      if (result.reloaded()) {
        log.info("the configuration is reloaded");
      } else {
        log.error("the configuration stays as it is");
      }
      result.problems().forEach(log::warn);
      return result;
    } catch (Throwable e) {
      // Every request gets an answer, whatever failed.
      log.error(
          "the reload failed, the configuration stays as it is: {}", Reason.of(e), Reason.trace(e));
      return new ReloadResult(ReloadResult.Outcome.FAILED, List.of(Reason.of(e)));
    }
  }

  private void refuseAll() {
    for (CompletableFuture<ReloadResult> one = asked.poll(); one != null; one = asked.poll()) {
      one.complete(new ReloadResult(ReloadResult.Outcome.CLOSED, List.of("the bridge is closed")));
    }
  }
}
