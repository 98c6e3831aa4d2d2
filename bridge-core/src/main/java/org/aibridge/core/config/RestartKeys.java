package org.aibridge.core.config;

/**
 * Puts the running values of the keys that need a restart into newly read settings; a test compares
 * it with {@link ConfigKeys}.
 */
final class RestartKeys {
  private RestartKeys() {}

  static BridgeConfig keep(BridgeConfig running, BridgeConfig next) {
    return new BridgeConfig(
        bridge(running.bridge(), next.bridge()),
        next.aiService(),
        httpPool(running.httpPool(), next.httpPool()),
        eventDispatcher(running.eventDispatcher(), next.eventDispatcher()),
        running.routes(),
        running.journal(),
        deadLetters(running.deadLetters(), next.deadLetters()),
        actionExecutor(running.actionExecutor(), next.actionExecutor()),
        next.actionLimits(),
        running.circuitBreaker(),
        next.scriptHttp(),
        running.status(),
        next.metrics(),
        next.notifications(),
        running.kafka());
  }

  private static BridgeConfig.Bridge bridge(BridgeConfig.Bridge running, BridgeConfig.Bridge next) {
    return new BridgeConfig.Bridge(running.enabled(), running.serverId(), next.shutdownTimeout());
  }

  private static BridgeConfig.HttpPool httpPool(
      BridgeConfig.HttpPool running, BridgeConfig.HttpPool next) {
    return new BridgeConfig.HttpPool(
        next.maxConnections(),
        running.keepAlive(),
        running.keepAliveTime(),
        next.maxRetries(),
        next.retryDelay());
  }

  private static BridgeConfig.EventDispatcher eventDispatcher(
      BridgeConfig.EventDispatcher running, BridgeConfig.EventDispatcher next) {
    return new BridgeConfig.EventDispatcher(
        next.batchSize(),
        next.batchInterval(),
        next.maxBatchSize(),
        next.maxBatchBytes(),
        running.queueSize(),
        running.maxEventBytes(),
        running.lanes(),
        next.eventTtl(),
        next.maxRetryAfter(),
        next.form(),
        next.filter());
  }

  private static BridgeConfig.DeadLetters deadLetters(
      BridgeConfig.DeadLetters running, BridgeConfig.DeadLetters next) {
    return new BridgeConfig.DeadLetters(
        running.path(),
        running.maxMb(),
        running.retention(),
        next.surgePercent(),
        next.maxReplays(),
        running.trash());
  }

  private static BridgeConfig.ActionExecutor actionExecutor(
      BridgeConfig.ActionExecutor running, BridgeConfig.ActionExecutor next) {
    return new BridgeConfig.ActionExecutor(
        running.enabled(),
        running.ledgerPath(),
        next.pollInterval(),
        next.pollIntervalMin(),
        next.pollIntervalMax(),
        next.longPoll(),
        next.pollLimit(),
        next.maxConcurrent(),
        running.inboxSize(),
        next.tickBudget(),
        next.actionTimeout(),
        next.actionTtl(),
        running.memory(),
        next.strict());
  }
}
