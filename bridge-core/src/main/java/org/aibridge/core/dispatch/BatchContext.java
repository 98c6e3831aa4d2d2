package org.aibridge.core.dispatch;

import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.LetterSink;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Retries;

/** What all batches of a dispatcher work with. For its thread. */
final class BatchContext {
  /** After a failure of our own it is tried again so much later. */
  static final long AGAIN_NANOS = 1_000_000_000L;

  final Supplier<BridgeConfig> config;
  final EventSink sink;
  final LetterSink letters;
  final Supplier<Retries> retries;
  final BridgeClock clock;

  /** Ends the pause of the dispatcher's thread. */
  final Runnable wake;

  final CursorWriter cursor;
  final Encoder encoder;
  final SurgeGuard surge;
  final LogThrottle throttle;
  final Rejections rejections = new Rejections();
  final DispatchStats stats = new DispatchStats();

  BatchContext(
      Supplier<BridgeConfig> config,
      EventSink sink,
      LetterSink letters,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake,
      CursorWriter cursor) {
    this.config = config;
    this.sink = sink;
    this.letters = letters;
    this.retries = retries;
    this.clock = clock;
    this.wake = wake;
    this.cursor = cursor;
    this.encoder = new Encoder(config.get().bridge().serverId());
    this.surge = new SurgeGuard(clock);
    this.throttle = new LogThrottle(clock);
  }

  /** What is due before lanes are asked. */
  void beginRound() {
    surge.look(config.get());
  }

  /**
   * What is due after all lanes were.
   *
   * @param problem what keeps a lane, the journal or the cursor from its work; empty for nothing
   */
  void endRound(String problem, DispatchStats.Standing standing) {
    surge.endRound();
    stats.round(
        problem.isEmpty() ? surge.problem() : problem,
        surge.isPaused(),
        rejections.problem(config.get().deadLetters().surgePercent()),
        standing);
  }

  /** Forgets what was under way. */
  void beginAnew() {
    surge.forgetProbe();
  }

  /** Gives memory back while nothing waits. */
  void shrink() {
    encoder.shrink();
  }

  DispatchStats stats() {
    return stats;
  }

  boolean isPaused() {
    return surge.isPaused();
  }

  void resume() {
    surge.resume();
  }

  BridgeConfig.EventDispatcher limits() {
    return config.get().eventDispatcher();
  }
}
