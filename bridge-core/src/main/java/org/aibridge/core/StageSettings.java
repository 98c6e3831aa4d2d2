package org.aibridge.core;

import java.util.List;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.run.Chance;
import org.aibridge.core.service.Retries;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServicePair;
import org.aibridge.core.store.StoreLimits;

/** Translates the configuration into the settings of the stages. */
final class StageSettings {
  /** The name of Kafka in the configuration, of its provider, and of its journal's folder. */
  static final String KAFKA = "kafka";

  private StageSettings() {}

  static JournalStage.Settings journalSettings(BridgeConfig config) {
    BridgeConfig.Journal journal = config.journal();
    BridgeConfig.EventDispatcher events = config.eventDispatcher();
    return new JournalStage.Settings(
        journal.path(),
        new StoreLimits(
            (long) journal.rollMb() << 20, reserve(config), (long) journal.maxMb() << 20),
        events.lanes(),
        new JournalStage.Ring(journal.ringPath(), events.queueSize(), events.maxEventBytes()),
        journal.isSynced() ? journal.syncInterval() : null,
        List.of(new JournalStage.Route(KAFKA, 1, EventKinds.routed(config.routes().kafka()))));
  }

  static DeadLetterStore.Limits letterLimits(BridgeConfig config) {
    BridgeConfig.DeadLetters letters = config.deadLetters();
    return new DeadLetterStore.Limits(
        (long) letters.maxMb() << 20,
        reserve(config),
        letters.retention(),
        letters.trash(),
        config.journal().isSynced());
  }

  static long reserve(BridgeConfig config) {
    return (long) config.journal().reserveMb() << 20;
  }

  static Retries retries(BridgeConfig config, Chance chance) {
    BridgeConfig.HttpPool pool = config.httpPool();
    return new Retries(pool.maxRetries(), pool.retryDelay(), chance::fraction);
  }

  /**
   * Returns what the main journal's events go to and actions come from. With a route to Kafka, what
   * no route names goes by HTTP; without one Kafka has all.
   */
  static Service service(BridgeConfig start, Service http, Service kafka) {
    if (kafka == null) {
      return http;
    }
    Service events = start.routes().kafka().isEmpty() ? kafka : http;
    Service actions = start.kafka().actionsTopic().isEmpty() ? http : kafka;
    return events == actions ? events : new ServicePair(events, actions);
  }
}
