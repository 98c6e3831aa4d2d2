package org.aibridge.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything an operator can set, checked once and immutable.
 *
 * <p>Built by {@link ConfigReader} from {@code ai_bridge.conf}; what each key means, its unit,
 * range and default stand in {@link ConfigKeys} and nowhere else. The records carry no defaults of
 * their own.
 */
public record BridgeConfig(
    Bridge bridge,
    AiService aiService,
    HttpPool httpPool,
    EventDispatcher eventDispatcher,
    Journal journal,
    DeadLetters deadLetters,
    ActionExecutor actionExecutor,
    ActionLimits actionLimits,
    CircuitBreaker circuitBreaker,
    ScriptHttp scriptHttp,
    Status status) {

  /** {@code [bridge]}: the switch, the name and the clock of the whole. */
  public record Bridge(boolean enabled, String serverId, Duration shutdownTimeout) {}

  /**
   * {@code [ai_service]}: where the service is and how it knows us.
   *
   * @param baseUrl {@code http} or {@code https} in lower case, a host, perhaps a port and a path,
   *     never a trailing slash; null only while the bridge is not enabled and none is given
   */
  public record AiService(
      java.net.URI baseUrl,
      Secret apiKey,
      String apiKeyHeader,
      Duration connectTimeout,
      Duration readTimeout,
      Compression compression,
      Tls tls) {
    /** Where it is, for people. */
    public String address() {
      return String.valueOf(baseUrl);
    }
  }

  /** How a request body travels. */
  public enum Compression {
    NONE,
    GZIP
  }

  /** {@code [ai_service] tls_*}: null paths are "the JVM's own"; cert and key only together. */
  public record Tls(Path caCert, Path clientCert, Path clientKey) {}

  /** {@code [http_pool]}: connections and retries. */
  public record HttpPool(
      int maxConnections,
      boolean keepAlive,
      Duration keepAliveTime,
      int maxRetries,
      Duration retryDelay) {}

  /**
   * {@code [event_dispatcher]}: the ring, the batches, the lanes.
   *
   * @param maxBatchSize at least {@code batchSize}
   * @param eventTtl zero when events never expire
   */
  public record EventDispatcher(
      int batchSize,
      Duration batchInterval,
      int maxBatchSize,
      int maxBatchBytes,
      int queueSize,
      int maxEventBytes,
      int lanes,
      Duration eventTtl,
      Duration maxRetryAfter) {}

  /**
   * {@code [journal]}: what waits on disk.
   *
   * @param maxMb 0 when only the disk bounds the journal; else at least 8 and twice {@code rollMb}
   * @param ringPath null when the bridge chooses
   */
  public record Journal(
      Path path,
      int rollMb,
      int reserveMb,
      int maxMb,
      Durability durability,
      Duration syncInterval,
      Path ringPath) {}

  /** What an accepted event survives. */
  public enum Durability {
    /** The death of the process: the kernel has it. */
    PROCESS,
    /** A crash of the machine too: it is synced to the disk. */
    OS
  }

  /**
   * {@code [event_dispatcher] dlq_*}: what could not be delivered.
   *
   * @param path a folder
   * @param retention zero when dead letters are kept for ever
   * @param surgePercent zero when sending never pauses for what is refused
   * @param maxReplays how often a letter is replayed unless told otherwise
   * @param trash how long a purge can be undone
   */
  public record DeadLetters(
      Path path, int maxMb, Duration retention, int surgePercent, int maxReplays, Duration trash) {}

  /**
   * {@code [action_executor]}: how decisions are fetched and applied.
   *
   * @param longPoll zero when the service is never asked to hold a poll
   * @param actionTtl zero when actions never grow too old
   */
  public record ActionExecutor(
      boolean enabled,
      Path ledgerPath,
      Duration pollInterval,
      Duration pollIntervalMin,
      Duration pollIntervalMax,
      Duration longPoll,
      int pollLimit,
      int maxConcurrent,
      int inboxSize,
      Duration tickBudget,
      Duration actionTimeout,
      Duration actionTtl,
      Duration memory) {}

  /**
   * {@code [action_limits]}: what the AI service may decide on this server. For rates 0 is no
   * limit.
   *
   * @param typesOff the switched-off types, {@code custom} for all that the contract does not list
   * @param approve the types that wait for an operator's yes, {@code custom} as above
   * @param approveTime how long they wait
   * @param mapsAllowed empty when all are
   * @param rates of each type
   * @param maxBroadcast the longest broadcast, in characters
   * @param auditMb the size at which a file of the audit log is full, in MB
   */
  public record ActionLimits(
      Mode mode,
      Set<String> typesOff,
      List<String> approve,
      Duration approveTime,
      List<String> mapsAllowed,
      int totalPerSecond,
      Map<ActionType, Rates> rates,
      MonsterLimits monsters,
      RewardLimits rewards,
      int maxBroadcast,
      long minPrice,
      int auditMb) {

    /** What becomes of a decision that keeps to the limits. */
    public enum Mode {
      /** It is applied. */
      APPLY,
      /** It is written down and reported as failed; the world stays as it is. */
      DRY_RUN,
      /** It is refused. */
      OFF
    }
  }

  /**
   * {@code [action_limits] TYPE.per_*} and {@code TYPE.*_cooldown}: how often actions of a type may
   * come.
   *
   * @param per has what the type names, and no other
   */
  public record Rates(int perMinute, Map<ActionType.Subject, SubjectRate> per) {}

  /** How often those about one player, NPC or map may come. */
  public record SubjectRate(int perHour, Duration cooldown) {}

  /**
   * {@code [action_limits] spawn_monster.*}.
   *
   * @param eventsAllowed the labels an action may name
   */
  public record MonsterLimits(int maxAmount, IdRanges denied, List<String> eventsAllowed) {}

  /**
   * {@code [action_limits] give_reward.*}; a maximum of 0 allows none of it.
   *
   * @param perDay what all players together may get in a day
   */
  public record RewardLimits(
      long maxZeny,
      int maxQuantity,
      long maxBaseExp,
      long maxJobExp,
      IdRanges denied,
      Goods perDay) {}

  /** Amounts of what rewards give; as a limit 0 is none. */
  public record Goods(long zeny, long items, long baseExp, long jobExp) {}

  /** {@code [circuit_breaker]}: when we stop asking, and when we ask again. */
  public record CircuitBreaker(int failureThreshold, Duration openTime, int halfOpenRequests) {}

  /**
   * {@code [script_http]}: what NPC scripts may ask for.
   *
   * @param allowedHosts {@code host} or {@code host:port} in lower case, beside the AI service,
   *     which is always allowed and not listed
   * @param allowedNetworks where those hosts may have addresses that are not public, each for
   *     {@link Network#of}
   * @param cacheTtl zero when answers are not kept
   */
  public record ScriptHttp(
      boolean enabled,
      List<String> allowedHosts,
      List<String> allowedNetworks,
      int maxUrlLength,
      int maxBodyBytes,
      int maxResponseBytes,
      int maxConcurrent,
      int requestsPerSecond,
      int requestsPerScriptPerMinute,
      Duration timeout,
      Duration cacheTtl,
      int cacheMaxEntries) {}

  /**
   * {@code [status]}: who may read it.
   *
   * @param group a group of the system, by name or number; empty for none
   */
  public record Status(String group) {}
}
