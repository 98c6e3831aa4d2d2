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
 * The reloads of the configuration that were asked for. {@link #ask} and {@link #hasWaiting} are
 * for any thread and do not wait; files are read by {@link #runOnce}, on the operator thread.
 */
public final class Reloads {
  private static final Logger log = Logs.of(Reloads.class);
  private static final int MAX_AT_ONCE = 1000;

  /** For when there is no memory to make another. */
  private static final ReloadResult UNTOLD =
      new ReloadResult(false, List.of("the reload failed, and nobody can say how"));

  private final LiveConfig config;
  private final LiveConfig.Acceptor acceptor;
  private final Queue<CompletableFuture<ReloadResult>> asked = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * Reloads of {@code config}.
   *
   * @param acceptor as in {@link LiveConfig#reload}
   */
  public Reloads(LiveConfig config, LiveConfig.Acceptor acceptor) {
    this.config = config;
    this.acceptor = acceptor;
  }

  /** Asks for a reload; the answer comes on the operator thread. */
  public CompletionStage<ReloadResult> ask() {
    CompletableFuture<ReloadResult> result = new CompletableFuture<>();
    asked.add(result);
    if (closed) {
      refuseAll();
    }
    return result;
  }

  /** Whether somebody waits for an answer. */
  public boolean hasWaiting() {
    return !asked.isEmpty();
  }

  /**
   * One look at the file answers everyone who asked before it; a script that asks without end
   * cannot keep this thread.
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

  /** Refuses what was asked and will be. The operator thread has ended, or hangs for ever. */
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
      // Whatever it was, whoever asked gets an answer.
      log.error(
          "the reload failed, the configuration stays as it is: {}", Reason.of(e), Reason.trace(e));
      return new ReloadResult(false, List.of(Reason.of(e)));
    }
  }

  private void refuseAll() {
    for (CompletableFuture<ReloadResult> one = asked.poll(); one != null; one = asked.poll()) {
      one.complete(new ReloadResult(false, List.of("the bridge is closed")));
    }
  }
}
