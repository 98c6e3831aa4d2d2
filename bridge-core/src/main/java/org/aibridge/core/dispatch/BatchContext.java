package org.aibridge.core.dispatch;

import java.util.List;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.LetterSink;
import org.aibridge.core.event.EventSieve;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Retries;

/**
 * The things that all batches of a dispatcher share. Confined to the dispatcher's thread, but for
 * {@link #stats}, {@link #isPaused} and {@link #resume}.
 */
final class BatchContext {
  /** The pause before a new attempt after a failure on our side, in nanoseconds. */
  static final long AGAIN_NANOS = 1_000_000_000L;

  final Supplier<BridgeConfig> config;
  final EventSink sink;
  final LetterSink letters;
  final Supplier<Retries> retries;
  final BridgeClock clock;

  /** Wakes the dispatcher's thread. */
  final Runnable wake;

  final CursorWriter cursor;
  final Encoder encoder;
  final SurgeGuard surge;
  final Isolation isolation;
  final LogThrottle throttle;
  final Rejections rejections = new Rejections();
  final DispatchStats stats = new DispatchStats();

  private List<BridgeConfig.FilterRule> filter = List.of();
  private EventSieve sieve = EventSieve.OPEN;
  private TakenEvents taken = TakenEvents.UNWANTED;

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
    this.encoder = new Encoder(config, sink.takesSingly());
    this.surge = new SurgeGuard(clock);
    this.isolation = new Isolation(cursor.allLanes(), clock);
    this.throttle = new LogThrottle(clock);
  }

  /** Does the work that comes before the lanes' work in each round. */
  void beginRound() {
    surge.look(config.get());
    List<BridgeConfig.FilterRule> now = limits().filter();
    if (!now.equals(filter)) {
      sieve =
          new EventSieve(
              now.stream()
                  .map(rule -> new EventSieve.Rule(rule.type(), rule.map(), rule.oneIn()))
                  .toList());
      filter = now;
    }
  }

  /** Returns the filter that decides which events are sent; it never changes within a round. */
  EventSieve sieve() {
    return sieve;
  }

  /**
   * Does what is due after all lanes had their turn.
   *
   * @param problem the reason that keeps a lane, the journal or the cursor from its work; empty for
   *     none
   */
  void endRound(String problem, DispatchStats.Standing standing) {
    surge.endRound();
    stats.round(
        problem.isEmpty() ? surge.problem() : problem,
        surge.isPaused(),
        rejections.problem(config.get().deadLetters().surgePercent()),
        standing);
  }

  /** Forgets the probe that is under way, and which lanes have failed. */
  void beginAnew() {
    surge.forgetProbe();
    isolation.beginAnew();
  }

  /** Frees memory that is used only while events wait. */
  void shrink() {
    encoder.shrink();
  }

  DispatchStats stats() {
    return stats;
  }

  /** Sets the listener that hears which events the service took. */
  void tell(TakenEvents listener) {
    taken = listener;
  }

  /** Returns the listener that hears which events the service took. */
  TakenEvents taken() {
    return taken;
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
