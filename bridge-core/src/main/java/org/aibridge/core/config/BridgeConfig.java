package org.aibridge.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.aibridge.api.event.EventType;

/**
 * Everything that an operator can set, checked once and immutable.
 *
 * <p>{@link ConfigReader} builds it from {@code ai_bridge.conf}. The meaning, unit, range and
 * default of each key stand in {@link ConfigKeys} and nowhere else; the records carry no defaults
 * of their own.
 */
public record BridgeConfig(
    Bridge bridge,
    AiService aiService,
    HttpPool httpPool,
    EventDispatcher eventDispatcher,
    Routes routes,
    Journal journal,
    DeadLetters deadLetters,
    ActionExecutor actionExecutor,
    ActionLimits actionLimits,
    CircuitBreaker circuitBreaker,
    ScriptHttp scriptHttp,
    Status status,
    Metrics metrics,
    Notifications notifications,
    Kafka kafka) {

  /** Returns the source of actions, for messages. */
  public String actionsAddress() {
    return kafka.isSet() && !kafka.actionsTopic().isEmpty()
        ? "Kafka's topic " + kafka.actionsTopic()
        : aiService.address();
  }

  /** {@code [bridge]}: whether the bridge is on, its name, and how long a close may take. */
  public record Bridge(boolean enabled, String serverId, Duration shutdownTimeout) {}

  /**
   * {@code [ai_service]}: where the service is and how it knows us.
   *
   * @param baseUrl {@code http} or {@code https} in lower case, a host, perhaps a port and a path,
   *     never a trailing slash; null only if the bridge is not enabled and no URL is given
   * @param maxRequestsPerMinute 0 for what the service says, or any number
   */
  public record AiService(
      java.net.URI baseUrl,
      Secret apiKey,
      String apiKeyHeader,
      Duration connectTimeout,
      Duration readTimeout,
      Compression compression,
      Paths paths,
      int maxRequestsPerMinute,
      Tls tls) {
    /** Returns the service's address for messages. */
    public String address() {
      return String.valueOf(baseUrl);
    }
  }

  /**
   * {@code [ai_service] *_path}: what stands behind {@code baseUrl}; each begins with a slash.
   *
   * @param health empty for {@code /api/v1/health} and, where the service lacks it, {@code /health}
   */
  public record Paths(String events, String actions, String results, String health) {}

  /** The compression of request bodies. */
  public enum Compression {
    NONE,
    GZIP
  }

  /** {@code [ai_service] tls_*}: null means the JVM's default; a clientCert needs a clientKey. */
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
      Duration maxRetryAfter,
      EventForm form,
      List<FilterRule> filter) {}

  /**
   * A rule of {@code [event_dispatcher] filter}; of several the first that fits counts.
   *
   * @param type an event's type or the name of a custom one, {@code *} for any
   * @param map a map; empty for any place
   * @param oneIn of how many events one is sent: 1 for all, 0 for none
   */
  public record FilterRule(String type, String map, int oneIn) {
    @Override
    public String toString() {
      String what = oneIn == 0 ? "drop" : oneIn == 1 ? "send" : "1:" + oneIn;
      return type + (map.isEmpty() ? "" : "@" + map) + " " + what;
    }
  }

  /**
   * The form of events in requests, where it is not the contract's.
   *
   * @param textPlayerIds whether players' numbers are written as texts
   * @param eventIds whether events carry their ids
   * @param namedCustomEvents whether the type of a custom event is its name; if not, it is {@code
   *     custom}, and the payload holds the name
   */
  public record EventForm(boolean textPlayerIds, boolean eventIds, boolean namedCustomEvents) {}

  /**
   * {@code [routes]}: which events go elsewhere than to the AI service by HTTP.
   *
   * @param kafka the types of which all but urgent events go to Kafka; empty for none
   */
  public record Routes(List<EventType> kafka) {}

  /**
   * {@code [journal]}: the log of waiting events on disk.
   *
   * @param maxMb 0 when only the disk bounds the journal; else at least 8 and at least twice {@code
   *     rollMb}
   * @param ringPath null when the bridge chooses
   */
  public record Journal(
      Path path,
      int rollMb,
      int reserveMb,
      int maxMb,
      Durability durability,
      Duration syncInterval,
      Path ringPath) {
    /** True if events and actions are synced to disk, so that they survive a machine crash. */
    public boolean isSynced() {
      return durability == Durability.OS;
    }
  }

  /** The failures that an accepted event survives. */
  public enum Durability {
    /** The event survives the death of the process, since the kernel has its bytes. */
    PROCESS,
    /** The event also survives a crash of the machine, since its bytes are synced to the disk. */
    OS
  }

  /**
   * {@code [event_dispatcher] dlq_*}: what could not be delivered.
   *
   * @param path a folder
   * @param retention zero when dead letters are kept for ever
   * @param surgePercent zero when refusals never pause sending
   * @param maxReplays how often a letter is replayed unless an operator says otherwise
   * @param trash for how long a purge can be undone
   */
  public record DeadLetters(
      Path path, int maxMb, Duration retention, int surgePercent, int maxReplays, Duration trash) {}

  /**
   * {@code [action_executor]}: how decisions are fetched and applied.
   *
   * @param longPoll zero when the service is never asked to hold a poll
   * @param actionTtl zero when actions never grow too old
   * @param strict true when actions are read to the letter of the protocol
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
      Duration memory,
      boolean strict) {}

  /**
   * {@code [action_limits]}: what the AI service may decide on this server. A rate of 0 is no
   * limit.
   *
   * @param typesOff the switched-off types, {@code custom} for all that the contract does not list
   * @param approve the types that wait for an operator's yes, {@code custom} in the same sense
   * @param approveTime how long actions of these types wait
   * @param mapsAllowed empty when all maps are allowed
   * @param rates the rates of each type
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

    /** What to do with an action that keeps to the limits. */
    public enum Mode {
      /** The action is applied. */
      APPLY,
      /** The action is written to the audit log and reported as failed; nothing is applied. */
      DRY_RUN,
      /** The action is refused. */
      OFF
    }
  }

  /**
   * {@code [action_limits] TYPE.per_*} and {@code TYPE.*_cooldown}: how often actions of a type may
   * come.
   *
   * @param per the rate of each subject that the type names, and of no other
   */
  public record Rates(int perMinute, Map<ActionType.Subject, SubjectRate> per) {}

  /** The limits on actions about one player, NPC or map. */
  public record SubjectRate(int perHour, Duration cooldown) {}

  /**
   * {@code [action_limits] spawn_monster.*}.
   *
   * @param eventsAllowed the labels that an action may name
   */
  public record MonsterLimits(int maxAmount, IdRanges denied, List<String> eventsAllowed) {}

  /**
   * {@code [action_limits] give_reward.*}; a maximum of 0 allows nothing.
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

  /** The amounts of goods in rewards; in a limit, 0 means unlimited. */
  public record Goods(long zeny, long items, long baseExp, long jobExp) {}

  /** {@code [circuit_breaker]}: when the bridge stops asking the service and when it retries. */
  public record CircuitBreaker(int failureThreshold, Duration openTime, int halfOpenRequests) {}

  /**
   * {@code [script_http]}: what NPC scripts may ask for.
   *
   * @param allowedHosts {@code host} or {@code host:port} in lower case, beside the AI service,
   *     which is always allowed and not listed
   * @param allowedNetworks the networks in which these hosts may have addresses that are not
   *     public, each as {@link Network#of} reads it
   * @param rewrite {@code host} or {@code host:port} in lower case, whose URLs mean the AI service
   * @param cacheTtl zero when answers are not kept
   */
  public record ScriptHttp(
      boolean enabled,
      List<String> allowedHosts,
      List<String> allowedNetworks,
      List<String> rewrite,
      int maxUrlLength,
      int maxBodyBytes,
      int maxResponseBytes,
      int maxConcurrent,
      int requestsPerSecond,
      int requestsPerScriptPerMinute,
      Duration timeout,
      Duration cacheTtl,
      boolean cachePosts,
      int cacheMaxEntries) {}

  /**
   * {@code [status]}: who may read the status.
   *
   * @param group a group of the system, by name or number; empty for none
   */
  public record Status(String group) {}

  /**
   * {@code [metrics]}: where monitoring programs get numbers.
   *
   * @param textfile a folder; null for none
   * @param prometheus {@code host:port} of the operator's own process
   */
  public record Metrics(Path textfile, String prometheus) {}

  /**
   * {@code [notify]}: how an operator is told.
   *
   * @param command a program and its arguments; empty for none
   * @param webhook a URL, which holds a key as a rule; empty for none
   */
  public record Notifications(List<String> command, Secret webhook) {
    /** True if there is a command or a webhook that receives alarms. */
    public boolean isSet() {
      return !command.isEmpty() || webhook.isPresent();
    }
  }

  /**
   * {@code [kafka]}: where Kafka is and how it knows us.
   *
   * @param bootstrapServers each {@code host:port}; empty for no Kafka
   * @param eventsTopic has {@code ${type}} where an event's type is to stand
   * @param actionsTopic empty if actions come over HTTP
   * @param consumerGroup the group whose lag is told; empty for none
   * @param tls the files; of use with {@code encrypted} alone
   */
  public record Kafka(
      List<String> bootstrapServers,
      String eventsTopic,
      String actionsTopic,
      String resultsTopic,
      String consumerGroup,
      boolean encrypted,
      Tls tls,
      Sasl sasl,
      String username,
      Secret password) {
    /** The SASL mechanism with which the bridge logs in to Kafka. */
    public enum Sasl {
      NONE,
      PLAIN,
      SCRAM_SHA_256,
      SCRAM_SHA_512
    }

    /** True if events go to Kafka. */
    public boolean isSet() {
      return !bootstrapServers.isEmpty();
    }
  }
}
