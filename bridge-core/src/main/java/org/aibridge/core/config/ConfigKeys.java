package org.aibridge.core.config;

import static org.aibridge.core.config.ConfigKey.Type;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.api.event.EventType;

/**
 * Every key there is: section, name, type, unit, range, default and meaning.
 *
 * <p>Tests compare the reader, the sample file and the documentation with this table, so a key is
 * added here and used in {@link ConfigBuilder}, and nowhere else. Immutable; any thread may read
 * it.
 *
 * <p>Longer than 500 lines, since each key stands in one place with all that is told of it.
 */
public final class ConfigKeys {
  private static final boolean LIVE = false;
  private static final boolean RESTART = true;
  private static final long TEN_YEARS_MS = 315_360_000_000L;

  private static final String IDS_ALLOWED =
      "numbers, ranges and names such as 1511, 2001-2010, minecraft:wither, separated by commas, or"
          + " empty";

  /**
   * What {@link ConfigReader#journal} needs, and a compiler copies: this class takes long to load.
   */
  static final String JOURNAL_SECTION = "journal";

  static final String JOURNAL_PATH_NAME = "path";
  static final String JOURNAL_PATH_DEFAULT = "ai_bridge/journal";

  private static final Map<String, String> SECTIONS = new LinkedHashMap<>();
  private static final List<ConfigKey> TABLE = new ArrayList<>();

  private static final Section BRIDGE =
      section("bridge", "The switch, the name and the clock of the whole bridge.");

  static final ConfigKey ENABLED =
      BRIDGE.yesNo(
          "enabled",
          true,
          RESTART,
          "Whether the bridge runs at all; when off, the server runs as if it had none.",
          c -> yesNo(c.bridge().enabled()));
  static final ConfigKey SERVER_ID =
      BRIDGE.text(
          "server_id",
          Type.NAME,
          "1-64 characters of A-Z a-z 0-9 _ . -",
          "map-server",
          RESTART,
          "The name of this server towards the AI service; it begins every event's id, so no two"
              + " servers may share one.",
          c -> c.bridge().serverId());
  static final ConfigKey SHUTDOWN_TIMEOUT =
      BRIDGE.number(
          "shutdown_timeout",
          "ms",
          100,
          600_000,
          5000,
          LIVE,
          "How long a shutdown goes on delivering what waits; the rest stays on disk for the next"
              + " start.",
          c -> ms(c.bridge().shutdownTimeout()));

  private static final Section AI_SERVICE =
      section("ai_service", "Where the AI service is and how it knows us.");

  static final ConfigKey BASE_URL =
      AI_SERVICE.text(
          "base_url",
          Type.URL,
          "an absolute http:// or https:// URL of host, port and path alone, up to 2048 characters",
          "",
          LIVE,
          "The address of the AI service, before /api/v1; required while the bridge is enabled.",
          c -> Objects.toString(c.aiService().baseUrl(), null));
  static final ConfigKey PROFILE =
      AI_SERVICE.text(
          "profile",
          Type.CHOICE,
          "bridge or fastapi",
          "bridge",
          LIVE,
          "What the keys below it mean while they are empty: bridge is the contract as it is"
              + " documented, fastapi what services made with FastAPI take.",
          c -> null);
  static final ConfigKey EVENTS_PATH =
      path("events_path", "Where events are posted, behind base_url", c -> c.events());
  static final ConfigKey ACTIONS_PATH =
      path("actions_path", "Where actions are fetched, behind base_url", c -> c.actions());
  static final ConfigKey RESULTS_PATH =
      path(
          "results_path", "Where results of actions are posted, behind base_url", c -> c.results());
  static final ConfigKey HEALTH_PATH =
      path(
          "health_path", "Where 'check' asks how the service is, behind base_url", c -> c.health());
  static final ConfigKey PLAYER_ID_AS =
      form(
          "player_id_as",
          "number or text",
          "How player_id is written: as a number, or as a text of its digits",
          f -> f.textPlayerIds() ? "text" : "number");
  static final ConfigKey EVENT_ID =
      form(
          "event_id",
          "yes or no",
          "Whether events carry event_id, which a service that refuses unknown fields may not take;"
              + " without it the Idempotency-Key alone tells a batch that comes again",
          f -> yesNo(f.eventIds()));
  static final ConfigKey CUSTOM_EVENTS_AS =
      form(
          "custom_events_as",
          "name or custom",
          "What event_type is for a custom event: its name, or custom with the name in the payload"
              + " as event_name",
          f -> f.namedCustomEvents() ? "name" : "custom");
  static final ConfigKey API_KEY =
      AI_SERVICE.text(
          "api_key",
          Type.SECRET,
          "up to 4096 printable ASCII characters on one line, or empty",
          "",
          LIVE,
          "The key the service knows us by, written here; empty sends none.",
          c -> null);
  static final ConfigKey API_KEY_FILE =
      AI_SERVICE.text(
          "api_key_file",
          Type.FILE,
          "a readable file whose first line is the key, or empty",
          "",
          LIVE,
          "A file whose first line is the key, instead of api_key.",
          c -> null);
  static final ConfigKey API_KEY_ENV =
      AI_SERVICE.text(
          "api_key_env",
          Type.VARIABLE,
          "the name of an environment variable that holds the key, or empty",
          "",
          LIVE,
          "The name of an environment variable that holds the key, instead of api_key.",
          c -> null);
  static final ConfigKey API_KEY_HEADER =
      AI_SERVICE.text(
          "api_key_header",
          Type.TOKEN,
          "the name of a header the bridge does not set itself",
          "X-API-Key",
          LIVE,
          "The header that carries the key; Authorization sends it as a bearer token.",
          c -> c.aiService().apiKeyHeader());
  static final ConfigKey TIMEOUT_CONNECT =
      AI_SERVICE.number(
          "timeout_connect",
          "ms",
          1,
          600_000,
          5000,
          LIVE,
          "How long a connection may take to be made.",
          c -> ms(c.aiService().connectTimeout()));
  static final ConfigKey TIMEOUT_READ =
      AI_SERVICE.number(
          "timeout_read",
          "ms",
          1,
          600_000,
          30_000,
          LIVE,
          "How long the service may take to answer.",
          c -> ms(c.aiService().readTimeout()));
  static final ConfigKey COMPRESSION =
      AI_SERVICE.text(
          "compression",
          Type.CHOICE,
          "none or gzip",
          "none",
          LIVE,
          "How what we send is compressed; gzip once the service has taken one batch so, which is"
              + " else sent again as it is.",
          c -> c.aiService().compression().name().toLowerCase(Locale.ROOT));
  static final ConfigKey MAX_REQUESTS_PER_MINUTE =
      AI_SERVICE.number(
          "max_requests_per_minute",
          "requests",
          0,
          1_000_000,
          0,
          LIVE,
          "How many requests a minute the service allows; events, polls and results keep to 80 % of"
              + " it. 0 means as many as its X-RateLimit headers say, or any number.",
          c -> c.aiService().maxRequestsPerMinute());
  static final ConfigKey TLS_CA_CERT =
      AI_SERVICE.text(
          "tls_ca_cert",
          Type.FILE,
          "a readable file, or empty",
          "",
          LIVE,
          "The certificates that may have signed the service's own (PEM); empty trusts what the"
              + " JVM trusts.",
          c -> path(c.aiService().tls().caCert()));
  static final ConfigKey TLS_CLIENT_CERT =
      AI_SERVICE.text(
          "tls_client_cert",
          Type.FILE,
          "a readable file together with tls_client_key, or empty",
          "",
          LIVE,
          "The certificate we show to the service (PEM), with tls_client_key; empty shows none.",
          c -> path(c.aiService().tls().clientCert()));
  static final ConfigKey TLS_CLIENT_KEY =
      AI_SERVICE.text(
          "tls_client_key",
          Type.FILE,
          "a readable file together with tls_client_cert, or empty",
          "",
          LIVE,
          "The private key of tls_client_cert (PEM).",
          c -> path(c.aiService().tls().clientKey()));

  private static final Section HTTP_POOL =
      section("http_pool", "Connections to the service, and retries.");

  static final ConfigKey MAX_CONNECTIONS =
      HTTP_POOL.number(
          "max_connections",
          "connections",
          1,
          1000,
          10,
          LIVE,
          "The most connections open for events at once; polls, results and scripts have others.",
          c -> c.httpPool().maxConnections());
  static final ConfigKey KEEP_ALIVE =
      HTTP_POOL.yesNo(
          "keep_alive",
          true,
          RESTART,
          "Whether a connection is kept for the next request.",
          c -> yesNo(c.httpPool().keepAlive()));
  static final ConfigKey KEEP_ALIVE_TIME =
      HTTP_POOL.number(
          "keep_alive_time",
          "ms",
          1,
          86_400_000,
          30_000,
          RESTART,
          "How long an idle connection is kept.",
          c -> ms(c.httpPool().keepAliveTime()));
  static final ConfigKey MAX_RETRIES =
      HTTP_POOL.number(
          "max_retries",
          "tries",
          0,
          100,
          3,
          LIVE,
          "How often a failed request is tried again at once, before its events wait in the"
              + " journal.",
          c -> c.httpPool().maxRetries());
  static final ConfigKey RETRY_DELAY =
      HTTP_POOL.number(
          "retry_delay",
          "ms",
          1,
          600_000,
          1000,
          LIVE,
          "The wait before the first retry; each further one waits twice as long.",
          c -> ms(c.httpPool().retryDelay()));

  private static final Section EVENTS =
      section("event_dispatcher", "The ring, the batches, the lanes and the dead letters.");

  static final ConfigKey BATCH_SIZE =
      EVENTS.number(
          "batch_size",
          "events",
          1,
          10_000,
          50,
          LIVE,
          "How many waiting events of a lane make a batch leave at once.",
          c -> c.eventDispatcher().batchSize());
  static final ConfigKey BATCH_INTERVAL =
      EVENTS.number(
          "batch_interval",
          "ms",
          1,
          60_000,
          1000,
          LIVE,
          "The age of the oldest waiting event at which all that wait leave in one batch, even if"
              + " short.",
          c -> ms(c.eventDispatcher().batchInterval()));
  static final ConfigKey MAX_BATCH_SIZE =
      EVENTS.number(
          "max_batch_size",
          "events",
          1,
          10_000,
          500,
          LIVE,
          "How far batches grow behind a backlog; at least batch_size, and raised to it when the"
              + " key is absent.",
          c -> c.eventDispatcher().maxBatchSize());
  static final ConfigKey MAX_BATCH_BYTES =
      EVENTS.number(
          "max_batch_bytes",
          "bytes",
          1024,
          67_108_864,
          4_194_304,
          LIVE,
          "The most bytes of JSON in a batch, before compression.",
          c -> c.eventDispatcher().maxBatchBytes());
  static final ConfigKey FILTER =
      EVENTS.text(
          "filter",
          Type.FILTERS,
          "rules TYPE[@MAP] send, TYPE[@MAP] drop or TYPE[@MAP] 1:N, separated by commas, or empty",
          "",
          LIVE,
          "Which events the AI service is not to have, by type (* for any) and map; 1:N sends one"
              + " in N. The first rule that fits counts. What is filtered is in the journal before"
              + " and is counted by type.",
          c ->
              c.eventDispatcher().filter().stream()
                  .map(BridgeConfig.FilterRule::toString)
                  .collect(Collectors.joining(", ")));
  static final ConfigKey QUEUE_SIZE =
      EVENTS.number(
          "queue_size",
          "events",
          100,
          10_000_000,
          1000,
          RESTART,
          "How many events the ring before the journal surely holds.",
          c -> c.eventDispatcher().queueSize());
  static final ConfigKey MAX_EVENT_BYTES =
      EVENTS.number(
          "max_event_bytes",
          "bytes",
          256,
          1_048_576,
          65_536,
          RESTART,
          "The size above which an event is refused.",
          c -> c.eventDispatcher().maxEventBytes());
  static final ConfigKey LANES =
      EVENTS.number(
          "lanes",
          "lanes",
          1,
          64,
          4,
          RESTART,
          "How many batches travel side by side when much waits; a player's events keep to one lane"
              + " and so to their order.",
          c -> c.eventDispatcher().lanes());
  static final ConfigKey EVENT_TTL =
      EVENTS.number(
          "event_ttl",
          "ms",
          0,
          TEN_YEARS_MS,
          0,
          LIVE,
          "The age at which an undelivered event becomes a dead letter; 0 means never.",
          c -> ms(c.eventDispatcher().eventTtl()));
  static final ConfigKey MAX_RETRY_AFTER =
      EVENTS.number(
          "max_retry_after",
          "ms",
          1,
          604_800_000,
          3_600_000,
          LIVE,
          "The longest wait the service may ask for with Retry-After.",
          c -> ms(c.eventDispatcher().maxRetryAfter()));
  static final ConfigKey DLQ_PATH =
      EVENTS.text(
          "dlq_path",
          Type.PATH,
          "a path",
          "ai_bridge/dead-letters",
          RESTART,
          "The folder of the dead letters; of an older value that ends in .log or .txt, the folder"
              + " of that name without the ending.",
          c -> path(c.deadLetters().path()));
  static final ConfigKey DLQ_MAX_MB =
      EVENTS.number(
          "dlq_max_mb",
          "MB",
          16,
          1_000_000,
          1024,
          RESTART,
          "The disk the dead letters may take; the oldest are removed above it.",
          c -> c.deadLetters().maxMb());
  static final ConfigKey DLQ_RETENTION_DAYS =
      EVENTS.number(
          "dlq_retention_days",
          "days",
          0,
          36_500,
          0,
          RESTART,
          "How long dead letters are kept; 0 means for ever.",
          c -> c.deadLetters().retention().toDays());
  static final ConfigKey DLQ_SURGE_PERCENT =
      EVENTS.number(
          "dlq_surge_percent",
          "%",
          0,
          99,
          50,
          LIVE,
          "Above which share of the latest 200 events, refused by a 4xx for one reason, sending"
              + " pauses and keeps them instead of making more dead letters; 0 means never.",
          c -> c.deadLetters().surgePercent());
  static final ConfigKey DLQ_MAX_REPLAYS =
      EVENTS.number(
          "dlq_max_replays",
          "replays",
          0,
          1000,
          5,
          LIVE,
          "How often a dead letter may be replayed and die again; beyond that only with --force.",
          c -> c.deadLetters().maxReplays());
  static final ConfigKey DLQ_TRASH_HOURS =
      EVENTS.number(
          "dlq_trash_hours",
          "hours",
          0,
          8760,
          24,
          RESTART,
          "How long what an operator has purged can be brought back; it takes its room until then.",
          c -> c.deadLetters().trash().toHours());

  private static final Section ROUTES =
      section("routes", "Which events go elsewhere than to the AI service by HTTP.");

  static final ConfigKey ROUTE_KAFKA =
      ROUTES.text(
          "kafka",
          Type.NAMES,
          "types of events separated by commas, * for all, or empty: "
              + Stream.of(EventType.values())
                  .map(ValueParser::nameOf)
                  .collect(Collectors.joining(", ")),
          "",
          RESTART,
          "The types of which all but urgent events go to Kafka, all else by HTTP; they have a journal"
              + " of their own, with half of the room. Empty: Kafka, where it is configured, has"
              + " all.",
          c ->
              c.routes().kafka().stream()
                  .map(ValueParser::nameOf)
                  .collect(Collectors.joining(", ")));

  private static final Section JOURNAL =
      section(JOURNAL_SECTION, "What waits on disk until the service has it.");

  static final ConfigKey JOURNAL_PATH =
      JOURNAL.text(
          JOURNAL_PATH_NAME,
          Type.PATH,
          "a path",
          JOURNAL_PATH_DEFAULT,
          RESTART,
          "The folder of the journal, on a local disk and for this server alone.",
          c -> path(c.journal().path()));
  static final ConfigKey ROLL_MB =
      JOURNAL.number(
          "roll_mb",
          "MB",
          1,
          1024,
          64,
          RESTART,
          "The size at which the journal begins a new file; delivered files are deleted whole.",
          c -> c.journal().rollMb());
  static final ConfigKey RESERVE_MB =
      JOURNAL.number(
          "reserve_mb",
          "MB",
          0,
          1_000_000,
          256,
          RESTART,
          "The free disk below which no more events are accepted.",
          c -> c.journal().reserveMb());
  static final ConfigKey MAX_MB =
      JOURNAL.number(
          "max_mb",
          "MB",
          0,
          1_000_000,
          0,
          RESTART,
          "The size of the journal above which no more events are accepted, at least 8 and twice"
              + " roll_mb; 0 leaves only the disk's own end.",
          c -> c.journal().maxMb());
  static final ConfigKey DURABILITY =
      JOURNAL.text(
          "durability",
          Type.CHOICE,
          "process or os",
          "process",
          RESTART,
          "What accepted events survive: process means the death of the server in any way, os means"
              + " a crash of the whole machine too, but for what is younger than sync_interval.",
          c -> c.journal().durability().name().toLowerCase(Locale.ROOT));
  static final ConfigKey SYNC_INTERVAL =
      JOURNAL.number(
          "sync_interval",
          "ms",
          10,
          60_000,
          1000,
          RESTART,
          "How long, with durability = os, what waits may be only in the machine's memory before it"
              + " is brought to the disk.",
          c -> ms(c.journal().syncInterval()));
  static final ConfigKey RING_PATH =
      JOURNAL.text(
          "ring_path",
          Type.OPTIONAL_PATH,
          "a path, or empty",
          "",
          RESTART,
          "Where the file of the ring lies; empty lets the bridge choose, shared memory where there"
              + " is one.",
          c -> path(c.journal().ringPath()));

  private static final Section ACTIONS =
      section("action_executor", "How decisions of the AI service are fetched and applied.");

  static final ConfigKey ACTIONS_ENABLED =
      ACTIONS.yesNo(
          "enabled",
          true,
          RESTART,
          "Whether actions are fetched and applied.",
          c -> yesNo(c.actionExecutor().enabled()));
  static final ConfigKey LEDGER_PATH =
      ACTIONS.text(
          "ledger_path",
          Type.PATH,
          "a path",
          "ai_bridge/actions",
          RESTART,
          "The folder that remembers which actions were begun and how they ended.",
          c -> path(c.actionExecutor().ledgerPath()));
  static final ConfigKey POLL_INTERVAL =
      ACTIONS.number(
          "poll_interval",
          "ms",
          10,
          600_000,
          1000,
          LIVE,
          "How often the service is asked for actions, where it does not hold a poll; the time"
              + " between polls moves within the two bounds that follow.",
          c -> ms(c.actionExecutor().pollInterval()));
  static final ConfigKey POLL_INTERVAL_MIN =
      ACTIONS.number(
          "poll_interval_min",
          "ms",
          10,
          600_000,
          100,
          LIVE,
          "How short the time between polls may get while actions flow; never longer than"
              + " poll_interval.",
          c -> ms(c.actionExecutor().pollIntervalMin()));
  static final ConfigKey POLL_INTERVAL_MAX =
      ACTIONS.number(
          "poll_interval_max",
          "ms",
          10,
          600_000,
          2000,
          LIVE,
          "How long the time between polls may get while there is nothing; never shorter than"
              + " poll_interval.",
          c -> ms(c.actionExecutor().pollIntervalMax()));
  static final ConfigKey LONG_POLL =
      ACTIONS.number(
          "long_poll",
          "ms",
          0,
          300_000,
          20_000,
          LIVE,
          "How long the service is asked to hold a poll until there is an action, beyond"
              + " timeout_read; a service that cannot is polled as above; 0 means never.",
          c -> ms(c.actionExecutor().longPoll()));
  static final ConfigKey POLL_LIMIT =
      ACTIONS.number(
          "poll_limit",
          "actions",
          1,
          10_000,
          100,
          LIVE,
          "The most actions asked for at a time.",
          c -> c.actionExecutor().pollLimit());
  static final ConfigKey ACTIONS_MAX_CONCURRENT =
      ACTIONS.number(
          "max_concurrent",
          "actions",
          1,
          10_000,
          5,
          LIVE,
          "The most actions begun and not yet finished.",
          c -> c.actionExecutor().maxConcurrent());
  static final ConfigKey INBOX_SIZE =
      ACTIONS.number(
          "inbox_size",
          "actions",
          1,
          1_000_000,
          1000,
          RESTART,
          "The most actions that wait for a tick; while it is full no more are fetched.",
          c -> c.actionExecutor().inboxSize());
  static final ConfigKey TICK_BUDGET_US =
      ACTIONS.number(
          "tick_budget_us",
          "us",
          10,
          50_000,
          1000,
          LIVE,
          "The time of the game thread that actions may take in one tick, in microseconds; a tick"
              + " of 50 ms has 50000.",
          c -> c.actionExecutor().tickBudget().toNanos() / 1000);
  static final ConfigKey ACTION_TIMEOUT =
      ACTIONS.number(
          "action_timeout",
          "ms",
          1,
          3_600_000,
          30_000,
          LIVE,
          "How long a begun action may take before it is reported as failed.",
          c -> ms(c.actionExecutor().actionTimeout()));
  static final ConfigKey ACTION_TTL =
      ACTIONS.number(
          "action_ttl",
          "ms",
          0,
          TEN_YEARS_MS,
          60_000,
          LIVE,
          "How long an action may wait before it is too old to be begun; 0 means for ever.",
          c -> ms(c.actionExecutor().actionTtl()));
  static final ConfigKey ACTION_MEMORY_HOURS =
      ACTIONS.number(
          "action_memory_hours",
          "hours",
          1,
          8760,
          72,
          RESTART,
          "How long the id of a finished action is known, so that it is never applied again; only"
              + " the time the bridge runs counts.",
          c -> c.actionExecutor().memory().toHours());
  static final ConfigKey STRICT =
      ACTIONS.yesNo(
          "strict",
          false,
          LIVE,
          "Whether actions are read to the letter of docs/protocol.md, and all else is refused;"
              + " with no, what language models write is taken as docs/actions.md says.",
          c -> yesNo(c.actionExecutor().strict()));

  private static final Section LIMITS =
      section(
          "action_limits",
          "What the AI service may decide on this server. What breaks a limit is not applied; the"
              + " service is told why, and the audit log keeps it. All of it can be changed while"
              + " the server runs.");

  static final ConfigKey MODE =
      LIMITS.text(
          "mode",
          Type.CHOICE,
          "apply, dry_run or off",
          "apply",
          LIVE,
          "Whether decisions that keep to the limits are applied, only checked and written to the"
              + " audit log, or all refused.",
          c -> c.actionLimits().mode().name().toLowerCase(Locale.ROOT));

  static {
    for (ActionType type : ActionType.values()) {
      LIMITS.yesNo(
          type.key(),
          true,
          LIVE,
          "Whether the service may " + type.does() + ".",
          c -> yesNo(!c.actionLimits().typesOff().contains(type.key())));
    }
  }

  static final ConfigKey APPROVE =
      LIMITS.text(
          "approve",
          Type.NAMES,
          "types of actions, separated by commas, or empty",
          "",
          LIVE,
          "The types that wait until an operator says yes, custom for all that the protocol does"
              + " not list: ai-bridge actions pending, approve, deny.",
          c -> String.join(", ", c.actionLimits().approve()));
  static final ConfigKey APPROVE_HOURS =
      LIMITS.number(
          "approve_hours",
          "hours",
          1,
          8760,
          24,
          LIVE,
          "How long such an action waits for the operator before it is refused.",
          c -> c.actionLimits().approveTime().toHours());
  static final ConfigKey MAPS_ALLOWED =
      LIMITS.text(
          "maps_allowed",
          Type.NAMES,
          "names of maps, separated by commas, or empty for all",
          "",
          LIVE,
          "The maps that actions may name; an action that names none is not held to it.",
          c -> String.join(", ", c.actionLimits().mapsAllowed()));
  static final ConfigKey TOTAL_PER_SECOND =
      LIMITS.number(
          "total_per_second",
          "actions",
          0,
          1_000_000,
          50,
          LIVE,
          "The most actions that are handed to the server's threads within any second; more wait"
              + " their turn, until action_ttl; 0 means no limit.",
          c -> c.actionLimits().totalPerSecond());

  static {
    perMinute(60, ActionType.SPAWN_MONSTER);
    perMinute(20, ActionType.BROADCAST);
    Stream.of(ActionType.values())
        .filter(type -> find(LIMITS.section(), perMinute(type)) == null)
        .forEach(type -> perMinute(0, type));
    perHour(12, ActionType.GIVE_REWARD, ActionType.Subject.PLAYER);
    for (ActionType.Subject subject : ActionType.Subject.values()) {
      List<ActionType> types =
          Stream.of(ActionType.values()).filter(type -> type.subjects().contains(subject)).toList();
      types.stream()
          .filter(type -> find(LIMITS.section(), perHour(type, subject)) == null)
          .forEach(type -> perHour(0, type, subject));
      types.forEach(type -> cooldown(0, type, subject));
    }
  }

  private static void perMinute(long most, ActionType type) {
    LIMITS.number(
        perMinute(type),
        "actions",
        0,
        1_000_000,
        most,
        LIVE,
        "The most actions of the type in any minute; 0 means no limit.",
        c -> c.actionLimits().rates().get(type).perMinute());
  }

  private static void perHour(long most, ActionType type, ActionType.Subject subject) {
    LIMITS.number(
        perHour(type, subject),
        "actions",
        0,
        1_000_000,
        most,
        LIVE,
        "The most actions of the type about one "
            + subject.word()
            + " in any hour; 0 means no limit.",
        c -> c.actionLimits().rates().get(type).per().get(subject).perHour());
  }

  private static void cooldown(long least, ActionType type, ActionType.Subject subject) {
    LIMITS.number(
        cooldown(type, subject),
        "s",
        0,
        86_400,
        least,
        LIVE,
        "The least time between two actions of the type about one "
            + subject.word()
            + "; 0 means none.",
        c -> c.actionLimits().rates().get(type).per().get(subject).cooldown().toSeconds());
  }

  static final ConfigKey MONSTER_MAX_AMOUNT =
      LIMITS.number(
          "spawn_monster.max_amount",
          "monsters",
          1,
          100,
          20,
          LIVE,
          "The most monsters of one action.",
          c -> c.actionLimits().monsters().maxAmount());
  static final ConfigKey MONSTERS_DENIED =
      LIMITS.text(
          "spawn_monster.denied",
          Type.IDS,
          IDS_ALLOWED,
          "",
          LIVE,
          "The monsters that are never spawned, such as bosses.",
          c -> c.actionLimits().monsters().denied().toString());
  static final ConfigKey EVENTS_ALLOWED =
      LIMITS.text(
          "spawn_monster.events_allowed",
          Type.LABELS,
          "labels such as Guard::OnKill, separated by commas, or empty for none",
          "",
          LIVE,
          "The labels of scripts that an action may have called when its monsters die.",
          c -> String.join(", ", c.actionLimits().monsters().eventsAllowed()));
  static final ConfigKey REWARD_MAX_ZENY =
      LIMITS.number(
          "give_reward.max_zeny",
          "zeny",
          0,
          Integer.MAX_VALUE,
          100_000,
          LIVE,
          "The most zeny of one reward; 0 allows none.",
          c -> c.actionLimits().rewards().maxZeny());
  static final ConfigKey REWARD_MAX_QUANTITY =
      LIMITS.number(
          "give_reward.max_quantity",
          "items",
          0,
          Integer.MAX_VALUE,
          10,
          LIVE,
          "The most items of one reward; 0 allows none.",
          c -> c.actionLimits().rewards().maxQuantity());
  static final ConfigKey REWARD_MAX_BASE_EXP =
      LIMITS.number(
          "give_reward.max_base_exp",
          "experience",
          0,
          1_000_000_000_000L,
          100_000,
          LIVE,
          "The most base experience of one reward; 0 allows none.",
          c -> c.actionLimits().rewards().maxBaseExp());
  static final ConfigKey REWARD_MAX_JOB_EXP =
      LIMITS.number(
          "give_reward.max_job_exp",
          "experience",
          0,
          1_000_000_000_000L,
          100_000,
          LIVE,
          "The most job experience of one reward; 0 allows none.",
          c -> c.actionLimits().rewards().maxJobExp());
  static final ConfigKey ZENY_PER_DAY =
      perDay("zeny", "zeny", 5_000_000, "zeny", BridgeConfig.Goods::zeny);
  static final ConfigKey ITEMS_PER_DAY =
      perDay("items", "items", 500, "items", BridgeConfig.Goods::items);
  static final ConfigKey BASE_EXP_PER_DAY =
      perDay("base_exp", "experience", 5_000_000, "base experience", BridgeConfig.Goods::baseExp);
  static final ConfigKey JOB_EXP_PER_DAY =
      perDay("job_exp", "experience", 5_000_000, "job experience", BridgeConfig.Goods::jobExp);
  static final ConfigKey ITEMS_DENIED =
      LIMITS.text(
          "give_reward.denied",
          Type.IDS,
          IDS_ALLOWED,
          "",
          LIVE,
          "The items that are never given.",
          c -> c.actionLimits().rewards().denied().toString());
  static final ConfigKey BROADCAST_MAX_LENGTH =
      LIMITS.number(
          "broadcast.max_length",
          "characters",
          1,
          255,
          255,
          LIVE,
          "The longest broadcast.",
          c -> c.actionLimits().maxBroadcast());
  static final ConfigKey ECONOMY_MIN_PRICE =
      LIMITS.number(
          "update_economy.min_price",
          "zeny",
          0,
          Integer.MAX_VALUE,
          1,
          LIVE,
          "The lowest price a shop may be given; at 0 goods can be had for nothing and sold again.",
          c -> c.actionLimits().minPrice());
  static final ConfigKey AUDIT_MB =
      LIMITS.number(
          "audit_mb",
          "MB",
          1,
          1024,
          16,
          LIVE,
          "The size at which a file of the audit log is full; the newest ten are kept.",
          c -> c.actionLimits().auditMb());

  private static final Section BREAKER =
      section(
          "circuit_breaker",
          "When we stop asking the service, and when we ask again; events, polls, results, scripts"
              + " and each host of scripts for themselves.");

  static final ConfigKey FAILURE_THRESHOLD =
      BREAKER.number(
          "failure_threshold",
          "failures",
          1,
          1000,
          5,
          RESTART,
          "How many failures in a row open the breaker.",
          c -> c.circuitBreaker().failureThreshold());
  static final ConfigKey BREAKER_TIMEOUT =
      BREAKER.number(
          "timeout",
          "ms",
          1,
          86_400_000,
          60_000,
          RESTART,
          "How long the open breaker lets nothing through.",
          c -> ms(c.circuitBreaker().openTime()));
  static final ConfigKey HALF_OPEN_REQUESTS =
      BREAKER.number(
          "half_open_requests",
          "requests",
          1,
          1000,
          3,
          RESTART,
          "How many requests then try whether the service is back.",
          c -> c.circuitBreaker().halfOpenRequests());

  private static final Section SCRIPTS = section("script_http", "What NPC scripts may ask for.");

  static final ConfigKey SCRIPTS_ENABLED =
      SCRIPTS.yesNo(
          "enabled",
          true,
          LIVE,
          "Whether scripts may send requests; when off every answer is empty.",
          c -> yesNo(c.scriptHttp().enabled()));
  static final ConfigKey ALLOWED_HOSTS =
      SCRIPTS.text(
          "allowed_hosts",
          Type.HOSTS,
          "host or host:port, separated by commas, or empty",
          "",
          LIVE,
          "The hosts scripts may reach beside the AI service, which they always may; without a port"
              + " any port.",
          c -> String.join(", ", c.scriptHttp().allowedHosts()));
  static final ConfigKey ALLOWED_NETWORKS =
      SCRIPTS.text(
          "allowed_networks",
          Type.NETWORKS,
          "networks such as 172.16.0.0/12 or fd12:3456::/32, separated by commas, or empty",
          "",
          LIVE,
          "Where the hosts of allowed_hosts may have addresses that are not public: loopback,"
              + " private (10/8, 172.16/12, 192.168/16, fc00::/7) and shared (100.64/10) ones."
              + " Link-local, metadata, multicast and reserved addresses scripts never reach. The"
              + " AI service may be anywhere.",
          c -> String.join(", ", c.scriptHttp().allowedNetworks()));
  static final ConfigKey REWRITE =
      SCRIPTS.text(
          "rewrite",
          Type.HOSTS,
          "host or host:port, separated by commas, or empty",
          "",
          LIVE,
          "The hosts whose URLs in scripts mean the AI service: scheme, host and port are taken"
              + " from base_url instead; for scripts that have an old address written in them.",
          c -> String.join(", ", c.scriptHttp().rewrite()));
  static final ConfigKey MAX_URL_LENGTH =
      SCRIPTS.number(
          "max_url_length",
          "characters",
          16,
          65_536,
          2048,
          LIVE,
          "The longest URL a script may ask for.",
          c -> c.scriptHttp().maxUrlLength());
  static final ConfigKey MAX_BODY_SIZE =
      SCRIPTS.number(
          "max_body_size",
          "bytes",
          1,
          10_485_760,
          10_240,
          LIVE,
          "The longest body a script may send.",
          c -> c.scriptHttp().maxBodyBytes());
  static final ConfigKey MAX_RESPONSE_SIZE =
      SCRIPTS.number(
          "max_response_size",
          "bytes",
          1,
          10_485_760,
          10_240,
          LIVE,
          "The size at which an answer to a script is cut; may stand in [http_pool] as well.",
          c -> c.scriptHttp().maxResponseBytes());
  static final ConfigKey SCRIPTS_MAX_CONCURRENT =
      SCRIPTS.number(
          "max_concurrent",
          "requests",
          1,
          1000,
          32,
          LIVE,
          "The most requests of scripts under way at once, a quarter of them of one script; each"
              + " has a connection and a thread of its own.",
          c -> c.scriptHttp().maxConcurrent());
  static final ConfigKey REQUESTS_PER_SECOND =
      SCRIPTS.number(
          "requests_per_second",
          "requests",
          1,
          100_000,
          50,
          LIVE,
          "The most requests all scripts together may send in a second.",
          c -> c.scriptHttp().requestsPerSecond());
  static final ConfigKey REQUESTS_PER_SCRIPT_PER_MINUTE =
      SCRIPTS.number(
          "requests_per_script_per_minute",
          "requests",
          1,
          1_000_000,
          120,
          LIVE,
          "The most requests one script may send in a minute.",
          c -> c.scriptHttp().requestsPerScriptPerMinute());
  static final ConfigKey SCRIPTS_TIMEOUT =
      SCRIPTS.number(
          "timeout",
          "ms",
          1,
          600_000,
          30_000,
          LIVE,
          "How long a script's request may take in all.",
          c -> ms(c.scriptHttp().timeout()));
  static final ConfigKey CACHE_TTL =
      SCRIPTS.number(
          "cache_ttl",
          "ms",
          0,
          2_592_000_000L,
          0,
          LIVE,
          "How long the answer to a httpget is given again without asking; 0 means never.",
          c -> ms(c.scriptHttp().cacheTtl()));
  static final ConfigKey CACHE_POSTS =
      SCRIPTS.yesNo(
          "cache_posts",
          false,
          LIVE,
          "Whether the answer to a httppost is kept for cache_ttl too, by its URL and its body: for"
              + " dialogues that are posted and change nothing.",
          c -> yesNo(c.scriptHttp().cachePosts()));
  static final ConfigKey CACHE_MAX_ENTRIES =
      SCRIPTS.number(
          "cache_max_entries",
          "answers",
          1,
          1_000_000,
          1000,
          LIVE,
          "The most answers kept for cache_ttl.",
          c -> c.scriptHttp().cacheMaxEntries());

  private static final Section STATUS =
      section("status", "Who may read the status beside the server's user.");

  static final ConfigKey STATUS_GROUP =
      STATUS.text(
          "group",
          Type.NAME,
          "the name or number of a group of the system, or empty",
          "",
          RESTART,
          "The group that may read the folder of the status, and nothing else; the server's user"
              + " must be in it.",
          c -> c.status().group());

  private static final Section METRICS =
      section("metrics", "Where monitoring programs get the bridge's numbers.");

  static final ConfigKey TEXTFILE =
      METRICS.text(
          "textfile",
          Type.OPTIONAL_PATH,
          "a folder that exists, or empty",
          "",
          LIVE,
          "The folder in which the bridge keeps the file aibridge_SERVER.prom for Prometheus's node"
              + " exporter (--collector.textfile.directory), readable for all; empty for none.",
          c -> path(c.metrics().textfile()));
  static final ConfigKey PROMETHEUS =
      METRICS.text(
          "prometheus",
          Type.ADDRESS,
          "host:port",
          "127.0.0.1:9464",
          LIVE,
          "Where 'ai-bridge metrics' answers Prometheus: a process of the operator's own, since"
              + " the server itself opens no port. A change counts when that process is started"
              + " again.",
          c -> c.metrics().prometheus());

  private static final Section NOTIFY =
      section("notify", "Who is told when something is wrong, and when it is over.");

  static final ConfigKey NOTIFY_COMMAND =
      NOTIFY.text(
          "command",
          Type.COMMAND,
          "a program and its arguments, separated by blanks, or empty",
          "",
          LIVE,
          "The program that is run, without a shell, for each message, which it finds as a line of"
              + " JSON on its standard input; it is ended after 10 s.",
          c -> String.join(" ", c.notifications().command()));
  static final ConfigKey NOTIFY_WEBHOOK =
      NOTIFY.text(
          "webhook",
          Type.SECRET_URL,
          "an absolute http:// or https:// URL of up to 2048 characters, or empty",
          "",
          LIVE,
          "Where each message is posted as JSON, to discord.com in Discord's form; its host must be"
              + " among [script_http] allowed_hosts. Never shown, since such URLs hold a key.",
          c -> null);

  private static final Section KAFKA =
      section(
          "kafka",
          "Kafka, for events and actions in place of HTTP; NPC scripts go on asking base_url. Needs"
              + " the module bridge-kafka.");

  /** The default topic, with a placeholder: a new {@code server_id} does not change this key. */
  private static final String ACTIONS_OF_SERVER = "aibridge.actions.${server_id}";

  static final ConfigKey BOOTSTRAP_SERVERS =
      KAFKA.text(
          "bootstrap_servers",
          Type.ADDRESSES,
          "host:port, separated by commas, or empty",
          "",
          RESTART,
          "Where some of the brokers are; empty for no Kafka.",
          c -> String.join(", ", c.kafka().bootstrapServers()));
  static final ConfigKey EVENTS_TOPIC =
      topic(
          "events_topic",
          "aibridge.events",
          "${type} in it",
          "The topic to which events go, with ${type} for one of each type.",
          c -> c.kafka().eventsTopic());
  static final ConfigKey ACTIONS_TOPIC =
      topic(
          "actions_topic",
          ACTIONS_OF_SERVER,
          "${server_id} in it, or empty",
          "The topic from which actions come, of one partition and for this server alone; empty"
              + " fetches them over HTTP, and tells their results there.",
          c ->
              c.kafka()
                  .actionsTopic()
                  .replaceFirst(
                      "^aibridge\\.actions\\." + Pattern.quote(c.bridge().serverId()) + "$",
                      Matcher.quoteReplacement(ACTIONS_OF_SERVER)));
  static final ConfigKey RESULTS_TOPIC =
      topic(
          "results_topic",
          "aibridge.results",
          "${server_id} in it",
          "The topic to which results of actions go.",
          c -> c.kafka().resultsTopic());
  static final ConfigKey CONSUMER_GROUP =
      KAFKA.text(
          "consumer_group",
          Type.WORDS,
          "a text of one line, or empty",
          "",
          RESTART,
          "The group in which the AI reads events; how many it has still to read then stands in the"
              + " status. Empty asks nothing.",
          c -> c.kafka().consumerGroup());
  static final ConfigKey KAFKA_TLS =
      KAFKA.yesNo(
          "tls",
          false,
          RESTART,
          "Whether connections are encrypted.",
          c -> yesNo(c.kafka().encrypted()));
  static final ConfigKey KAFKA_CA_CERT =
      KAFKA.text(
          "tls_ca_cert",
          Type.FILE,
          "a readable file, or empty",
          "",
          RESTART,
          "The certificates that may have signed the brokers' own (PEM); empty trusts what the JVM"
              + " trusts.",
          c -> path(c.kafka().tls().caCert()));
  static final ConfigKey KAFKA_CLIENT_CERT =
      KAFKA.text(
          "tls_client_cert",
          Type.FILE,
          "a readable file together with tls_client_key, or empty",
          "",
          RESTART,
          "The certificate we show to the brokers (PEM), with tls_client_key; empty shows none.",
          c -> path(c.kafka().tls().clientCert()));
  static final ConfigKey KAFKA_CLIENT_KEY =
      KAFKA.text(
          "tls_client_key",
          Type.FILE,
          "a readable file together with tls_client_cert, or empty",
          "",
          RESTART,
          "The private key of tls_client_cert (PEM, PKCS #8).",
          c -> path(c.kafka().tls().clientKey()));
  static final ConfigKey KAFKA_SASL =
      KAFKA.text(
          "sasl",
          Type.CHOICE,
          "none, plain, scram-sha-256 or scram-sha-512",
          "none",
          RESTART,
          "How the brokers check username and password.",
          c -> c.kafka().sasl().name().toLowerCase(Locale.ROOT).replace('_', '-'));
  static final ConfigKey KAFKA_USERNAME =
      KAFKA.text(
          "username",
          Type.WORDS,
          "a text of one line together with sasl, or empty",
          "",
          RESTART,
          "The name the brokers know us by.",
          c -> c.kafka().username());
  static final ConfigKey KAFKA_PASSWORD =
      KAFKA.text(
          "password",
          Type.SECRET,
          "up to 4096 printable ASCII characters on one line, or empty",
          "",
          RESTART,
          "The password of username, written here.",
          c -> null);
  static final ConfigKey KAFKA_PASSWORD_FILE =
      KAFKA.text(
          "password_file",
          Type.FILE,
          "a readable file whose first line is the password, or empty",
          "",
          RESTART,
          "A file whose first line is the password, instead of password.",
          c -> null);
  static final ConfigKey KAFKA_PASSWORD_ENV =
      KAFKA.text(
          "password_env",
          Type.VARIABLE,
          "the name of an environment variable that holds the password, or empty",
          "",
          RESTART,
          "The name of an environment variable that holds the password, instead of password.",
          c -> null);

  private ConfigKeys() {}

  /** Returns all keys, ordered by section. */
  public static List<ConfigKey> all() {
    return Collections.unmodifiableList(TABLE);
  }

  /** Returns all sections in order, each with its description. */
  public static Map<String, String> sections() {
    return Collections.unmodifiableMap(SECTIONS);
  }

  /**
   * Returns the keys whose values differ and take effect at the next start only.
   *
   * <p>A reload applies the rest of {@code next} and tells the operator the names of these keys.
   */
  public static List<ConfigKey> waitingForRestart(BridgeConfig running, BridgeConfig next) {
    return TABLE.stream()
        .filter(ConfigKey::needsRestart)
        .filter(key -> !Objects.equals(key.shown().apply(running), key.shown().apply(next)))
        .toList();
  }

  /**
   * Returns the settings of {@code next}, with the values of {@code running} for the keys that need
   * a restart.
   */
  public static BridgeConfig withoutRestartKeys(BridgeConfig running, BridgeConfig next) {
    return RestartKeys.keep(running, next);
  }

  /** Returns the key called {@code name} in {@code section}; null if there is none. */
  static ConfigKey find(String section, String name) {
    if (section.equals("http_pool") && name.equals(MAX_RESPONSE_SIZE.name())) {
      return MAX_RESPONSE_SIZE; // Older files have this key in the section http_pool.
    }
    return TABLE.stream()
        .filter(key -> key.section().equals(section) && key.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static String yesNo(boolean value) {
    return value ? "yes" : "no";
  }

  private static long ms(Duration value) {
    return value.toMillis();
  }

  private static String path(Path value) {
    return Objects.toString(value, null);
  }

  /** Returns the name of the key that limits a type's actions per minute. */
  public static String perMinute(ActionType type) {
    return type.key() + ".per_minute";
  }

  /** Returns the name of the key that limits a type's actions per hour on one {@code subject}. */
  public static String perHour(ActionType type, ActionType.Subject subject) {
    return type.key() + ".per_" + subject.key() + "_per_hour";
  }

  /** Returns the name of the key for the shortest pause between actions on one {@code subject}. */
  public static String cooldown(ActionType type, ActionType.Subject subject) {
    return type.key() + "." + subject.key() + "_cooldown";
  }

  private static ConfigKey path(
      String name, String meaning, Function<BridgeConfig.Paths, String> path) {
    return AI_SERVICE.text(
        name,
        Type.URL_PATH,
        "a path such as /api/v1/events/dispatch, or empty",
        "",
        LIVE,
        meaning + "; empty as the profile has it.",
        c -> path.apply(c.aiService().paths()));
  }

  private static ConfigKey topic(
      String name,
      String defaultValue,
      String mayHave,
      String meaning,
      Function<BridgeConfig, String> shown) {
    return KAFKA.text(
        name,
        Type.TOPIC,
        "1-249 characters of A-Z a-z 0-9 _ . -, perhaps " + mayHave,
        defaultValue,
        RESTART,
        meaning,
        shown);
  }

  private static ConfigKey form(
      String name, String words, String meaning, Function<BridgeConfig.EventForm, String> shown) {
    return AI_SERVICE.text(
        name,
        Type.CHOICE,
        words + ", or empty",
        "",
        LIVE,
        meaning + "; empty as the profile has it.",
        c -> shown.apply(c.eventDispatcher().form()));
  }

  private static ConfigKey perDay(
      String name,
      String unit,
      long most,
      String what,
      Function<BridgeConfig.Goods, Number> amount) {
    return LIMITS.number(
        "give_reward." + name + "_per_day",
        unit,
        0,
        1_000_000_000_000_000L,
        most,
        LIVE,
        "The most "
            + what
            + " that all players together get in any 24 hours in which the bridge runs; 0 means no"
            + " limit.",
        c -> amount.apply(c.actionLimits().rewards().perDay()));
  }

  private static Section section(String name, String meaning) {
    SECTIONS.put(name, meaning);
    return new Section(name);
  }

  /** Adds the keys of one section to the table. */
  private record Section(String section) {
    ConfigKey yesNo(
        String name,
        boolean defaultValue,
        boolean restart,
        String meaning,
        Function<BridgeConfig, String> shown) {
      String written = ConfigKeys.yesNo(defaultValue);
      return text(name, Type.YES_NO, ValueParser.YES_NO_WORDS, written, restart, meaning, shown);
    }

    ConfigKey number(
        String name,
        String unit,
        long min,
        long max,
        long defaultValue,
        boolean restart,
        String meaning,
        Function<BridgeConfig, Number> shown) {
      return add(
          new ConfigKey(
              section,
              name,
              Type.NUMBER,
              unit,
              min,
              max,
              ValueParser.range(min, max, unit),
              Long.toString(defaultValue),
              meaning,
              restart,
              c -> shown.apply(c).toString()));
    }

    ConfigKey text(
        String name,
        Type type,
        String allowed,
        String defaultValue,
        boolean restart,
        String meaning,
        Function<BridgeConfig, String> shown) {
      return add(
          new ConfigKey(
              section, name, type, "", 0, 0, allowed, defaultValue, meaning, restart, shown));
    }

    private static ConfigKey add(ConfigKey key) {
      TABLE.add(key);
      return key;
    }
  }
}
