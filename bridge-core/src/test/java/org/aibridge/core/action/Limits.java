package org.aibridge.core.action;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;

/** The settings of {@code [action_executor]}, which a test may change at any time. */
final class Limits implements Supplier<BridgeConfig.ActionExecutor> {
  final Path ledger;
  boolean enabled = true;
  Duration pollInterval = Duration.ofSeconds(1);
  Duration pollIntervalMin = Duration.ofSeconds(1);
  Duration pollIntervalMax = Duration.ofSeconds(1);
  Duration longPoll = Duration.ZERO;
  int pollLimit = 10_000;
  int maxConcurrent = 5;
  int inboxSize = 1000;
  Duration tickBudget = Duration.ofMillis(1);
  Duration actionTimeout = Duration.ofSeconds(30);
  Duration actionTtl = Duration.ofSeconds(60);
  Duration memory = Duration.ofHours(72);
  boolean strict;

  Limits(Path ledger) {
    this.ledger = ledger;
  }

  @Override
  public BridgeConfig.ActionExecutor get() {
    return new BridgeConfig.ActionExecutor(
        enabled,
        ledger,
        pollInterval,
        pollIntervalMin,
        pollIntervalMax,
        longPoll,
        pollLimit,
        maxConcurrent,
        inboxSize,
        tickBudget,
        actionTimeout,
        actionTtl,
        memory,
        strict);
  }
}
