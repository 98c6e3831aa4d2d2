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
  final DispatchStats stats;

  BatchContext(
      Supplier<BridgeConfig> config,
      EventSink sink,
      LetterSink letters,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake,
      CursorWriter cursor,
      DispatchStats stats) {
    this.config = config;
    this.sink = sink;
    this.letters = letters;
    this.retries = retries;
    this.clock = clock;
    this.wake = wake;
    this.cursor = cursor;
    this.stats = stats;
    this.encoder = new Encoder(config.get().bridge().serverId());
    this.surge = new SurgeGuard(clock);
    this.throttle = new LogThrottle(clock);
  }

  BridgeConfig.EventDispatcher limits() {
    return config.get().eventDispatcher();
  }
}
