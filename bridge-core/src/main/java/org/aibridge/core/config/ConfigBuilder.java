package org.aibridge.core.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Builds the configuration from the settings, and checks the keys against each other. */
final class ConfigBuilder {
  /**
   * The smallest cap, in MB. Only whole files are deleted, so a file is a quarter of the cap at
   * most, and must take a record of up to 1 MB.
   */
  private static final int LEAST_CAP_MB = 8;

  private final Path file;
  private final Dialect dialect;
  private final Settings settings;
  private final Map<String, String> environment;
  private final PathParser paths;

  ConfigBuilder(Path file, Dialect dialect, Settings settings, Map<String, String> environment) {
    this.file = file;
    this.dialect = dialect;
    this.settings = settings;
    this.environment = environment;
    this.paths = new PathParser(file);
  }

  /** Returns the configuration; valid only if no problem was noted. */
  BridgeConfig build() {
    BridgeConfig.Bridge bridge = bridge();
    BridgeConfig config =
        new BridgeConfig(
            bridge,
            aiService(),
            httpPool(),
            eventDispatcher(),
            new BridgeConfig.Routes(
                settings.value(ConfigKeys.ROUTE_KAFKA, ValueParser::eventTypes)),
            journal(),
            deadLetters(),
            actionExecutor(),
            actionLimits(),
            circuitBreaker(),
            scriptHttp(),
            new BridgeConfig.Status(
                settings.value(ConfigKeys.STATUS_GROUP, ValueParser::optionalName)),
            new BridgeConfig.Metrics(
                settings.value(ConfigKeys.TEXTFILE, paths::optionalPath),
                settings.value(ConfigKeys.PROMETHEUS, ValueParser::address)),
            new BridgeConfig.Notifications(
                settings.value(ConfigKeys.NOTIFY_COMMAND, ValueParser::command),
                settings.value(ConfigKeys.NOTIFY_WEBHOOK, ValueParser::secretUrl)),
            kafka(bridge.serverId()));
    checkBaseUrl(config);
    if (!config.routes().kafka().isEmpty() && !config.kafka().isSet()) {
      ConfigKey route = ConfigKeys.ROUTE_KAFKA;
      String why = "leads to Kafka, and " + ConfigKeys.BOOTSTRAP_SERVERS.label() + " names none";
      settings.reject(settings.entry(route), route, "empty without Kafka", why);
    }
    checkFolders(config);
    return config;
  }

  private BridgeConfig.Bridge bridge() {
    return new BridgeConfig.Bridge(
        settings.yesNo(ConfigKeys.ENABLED),
        settings.value(ConfigKeys.SERVER_ID, ValueParser::name),
        settings.duration(ConfigKeys.SHUTDOWN_TIMEOUT));
  }

  private BridgeConfig.AiService aiService() {
    URI baseUrl = settings.value(ConfigKeys.BASE_URL, ValueParser::url);
    // Does not use getPort(), which finds no port after a host name with an underscore.
    if (baseUrl != null && baseUrl.getRawAuthority().endsWith(":50051")) {
      settings.warn(
          settings.entry(ConfigKeys.BASE_URL), "has a port of gRPC; " + FlatKeys.HTTP_ALONE);
    }
    return new BridgeConfig.AiService(
        baseUrl,
        secret("key", ConfigKeys.API_KEY, ConfigKeys.API_KEY_FILE, ConfigKeys.API_KEY_ENV),
        settings.value(ConfigKeys.API_KEY_HEADER, ValueParser::header),
        settings.duration(ConfigKeys.TIMEOUT_CONNECT),
        settings.duration(ConfigKeys.TIMEOUT_READ),
        settings.value(ConfigKeys.COMPRESSION, ValueParser::compression),
        new BridgeConfig.Paths(
            ofProfile(ConfigKeys.EVENTS_PATH, ValueParser::urlPath),
            ofProfile(ConfigKeys.ACTIONS_PATH, ValueParser::urlPath),
            ofProfile(ConfigKeys.RESULTS_PATH, ValueParser::urlPath),
            ofProfile(ConfigKeys.HEALTH_PATH, ValueParser::urlPath)),
        settings.number(ConfigKeys.MAX_REQUESTS_PER_MINUTE),
        tls(baseUrl));
  }

  private Secret secret(String what, ConfigKey... places) {
    return new SecretPlaces(what, List.of(places), settings, environment, paths).find();
  }

  /** Returns the value of {@code key}, or the profile's value if that value is empty. */
  private <T> T ofProfile(ConfigKey key, Settings.Parser<T> parser) {
    Profile profile = settings.value(ConfigKeys.PROFILE, ValueParser::profile);
    return settings.value(key, text -> parser.parse(text.isEmpty() ? profile.value(key) : text));
  }

  private BridgeConfig.EventForm eventForm() {
    return new BridgeConfig.EventForm(
        ofProfile(ConfigKeys.PLAYER_ID_AS, text -> ValueParser.either(text, "text", "number")),
        ofProfile(ConfigKeys.EVENT_ID, ValueParser::yesNo),
        ofProfile(ConfigKeys.CUSTOM_EVENTS_AS, text -> ValueParser.either(text, "name", "custom")));
  }

  private BridgeConfig.Kafka kafka(String serverId) {
    requireWith(ConfigKeys.KAFKA_USERNAME, ConfigKeys.KAFKA_SASL);
    BridgeConfig.Kafka.Sasl sasl = settings.value(ConfigKeys.KAFKA_SASL, ValueParser::sasl);
    Secret password =
        secret(
            "password",
            ConfigKeys.KAFKA_PASSWORD,
            ConfigKeys.KAFKA_PASSWORD_FILE,
            ConfigKeys.KAFKA_PASSWORD_ENV);
    String username = settings.value(ConfigKeys.KAFKA_USERNAME, ValueParser::words);
    if (sasl != BridgeConfig.Kafka.Sasl.NONE && (username.isEmpty() || !password.isPresent())) {
      Entry entry = settings.entry(ConfigKeys.KAFKA_SASL);
      settings.reject(
          entry,
          ConfigKeys.KAFKA_SASL,
          ConfigKeys.KAFKA_SASL.allowed(),
          "is set without username or password");
    }
    return new BridgeConfig.Kafka(
        settings.value(ConfigKeys.BOOTSTRAP_SERVERS, ValueParser::addresses),
        topic(ConfigKeys.EVENTS_TOPIC, serverId),
        topic(ConfigKeys.ACTIONS_TOPIC, serverId),
        topic(ConfigKeys.RESULTS_TOPIC, serverId),
        settings.value(ConfigKeys.CONSUMER_GROUP, ValueParser::words),
        settings.yesNo(ConfigKeys.KAFKA_TLS),
        tls(ConfigKeys.KAFKA_CA_CERT, ConfigKeys.KAFKA_CLIENT_CERT, ConfigKeys.KAFKA_CLIENT_KEY),
        sasl,
        username,
        password);
  }

  private String topic(ConfigKey key, String serverId) {
    return settings.value(
        key, text -> ValueParser.topic(text.replace("${server_id}", serverId), key));
  }

  private BridgeConfig.Tls tls(URI baseUrl) {
    if (baseUrl != null && baseUrl.getScheme().equals("http")) {
      List.of(ConfigKeys.TLS_CA_CERT, ConfigKeys.TLS_CLIENT_CERT, ConfigKeys.TLS_CLIENT_KEY)
          .forEach(this::warnWithoutTls);
    }
    return tls(ConfigKeys.TLS_CA_CERT, ConfigKeys.TLS_CLIENT_CERT, ConfigKeys.TLS_CLIENT_KEY);
  }

  private BridgeConfig.Tls tls(ConfigKey caCert, ConfigKey clientCert, ConfigKey clientKey) {
    requireWith(clientCert, clientKey);
    requireWith(clientKey, clientCert);
    return new BridgeConfig.Tls(
        settings.value(caCert, paths::readableFile),
        settings.value(clientCert, paths::readableFile),
        settings.value(clientKey, paths::readableFile));
  }

  private void requireWith(ConfigKey given, ConfigKey other) {
    if (isSet(given) && !isSet(other)) {
      Entry entry = settings.entry(given);
      settings.reject(entry, given, given.allowed(), "is set without " + other.name());
    }
  }

  private void warnWithoutTls(ConfigKey key) {
    if (isSet(key)) {
      settings.warn(settings.entry(key), "has no effect, because base_url begins with http://");
    }
  }

  private boolean isSet(ConfigKey key) {
    Entry entry = settings.entry(key);
    return entry != null && !entry.value().isEmpty();
  }

  private BridgeConfig.HttpPool httpPool() {
    return new BridgeConfig.HttpPool(
        settings.number(ConfigKeys.MAX_CONNECTIONS),
        settings.yesNo(ConfigKeys.KEEP_ALIVE),
        settings.duration(ConfigKeys.KEEP_ALIVE_TIME),
        settings.number(ConfigKeys.MAX_RETRIES),
        settings.duration(ConfigKeys.RETRY_DELAY));
  }

  private BridgeConfig.EventDispatcher eventDispatcher() {
    int batchSize = settings.number(ConfigKeys.BATCH_SIZE);
    return new BridgeConfig.EventDispatcher(
        batchSize,
        settings.duration(ConfigKeys.BATCH_INTERVAL),
        maxBatchSize(batchSize),
        settings.number(ConfigKeys.MAX_BATCH_BYTES),
        settings.number(ConfigKeys.QUEUE_SIZE),
        settings.number(ConfigKeys.MAX_EVENT_BYTES),
        settings.number(ConfigKeys.LANES),
        settings.duration(ConfigKeys.EVENT_TTL),
        settings.duration(ConfigKeys.MAX_RETRY_AFTER),
        eventForm(),
        settings.value(ConfigKeys.FILTER, ValueParser::filter));
  }

  private int maxBatchSize(int batchSize) {
    ConfigKey key = ConfigKeys.MAX_BATCH_SIZE;
    int maxBatchSize = settings.number(key);
    if (maxBatchSize >= batchSize) {
      return maxBatchSize;
    }
    Entry entry = settings.entry(key);
    if (entry != null) {
      String allowed = ValueParser.range(batchSize, key.max(), key.unit());
      settings.reject(entry, key, allowed, "is less than batch_size, which is " + batchSize);
    }
    return batchSize;
  }

  private BridgeConfig.Journal journal() {
    int rollMb = settings.number(ConfigKeys.ROLL_MB);
    return new BridgeConfig.Journal(
        settings.value(ConfigKeys.JOURNAL_PATH, paths::path),
        rollMb,
        settings.number(ConfigKeys.RESERVE_MB),
        maxMb(rollMb),
        settings.value(ConfigKeys.DURABILITY, ValueParser::durability),
        settings.duration(ConfigKeys.SYNC_INTERVAL),
        settings.value(ConfigKeys.RING_PATH, paths::optionalPath));
  }

  /**
   * Returns the journal's cap. Only whole files are deleted, so the cap must leave room for a file
   * beside the one that is written.
   */
  private int maxMb(int rollMb) {
    ConfigKey key = ConfigKeys.MAX_MB;
    int maxMb = settings.number(key);
    int least = Math.max(2 * rollMb, LEAST_CAP_MB);
    if (maxMb > 0 && maxMb < least) {
      String allowed = "0, or " + ValueParser.range(least, key.max(), key.unit());
      settings.reject(
          settings.entry(key),
          key,
          allowed,
          "is less than " + LEAST_CAP_MB + " MB or twice roll_mb, which is " + rollMb);
    }
    return maxMb;
  }

  private BridgeConfig.DeadLetters deadLetters() {
    return new BridgeConfig.DeadLetters(
        settings.value(ConfigKeys.DLQ_PATH, paths::deadLetterFolder),
        settings.number(ConfigKeys.DLQ_MAX_MB),
        settings.duration(ConfigKeys.DLQ_RETENTION_DAYS),
        settings.number(ConfigKeys.DLQ_SURGE_PERCENT),
        settings.number(ConfigKeys.DLQ_MAX_REPLAYS),
        settings.duration(ConfigKeys.DLQ_TRASH_HOURS));
  }

  private BridgeConfig.ActionExecutor actionExecutor() {
    return new BridgeConfig.ActionExecutor(
        settings.yesNo(ConfigKeys.ACTIONS_ENABLED),
        settings.value(ConfigKeys.LEDGER_PATH, paths::path),
        settings.duration(ConfigKeys.POLL_INTERVAL),
        settings.duration(ConfigKeys.POLL_INTERVAL_MIN),
        settings.duration(ConfigKeys.POLL_INTERVAL_MAX),
        settings.duration(ConfigKeys.LONG_POLL),
        settings.number(ConfigKeys.POLL_LIMIT),
        settings.number(ConfigKeys.ACTIONS_MAX_CONCURRENT),
        settings.number(ConfigKeys.INBOX_SIZE),
        settings.duration(ConfigKeys.TICK_BUDGET_US),
        settings.duration(ConfigKeys.ACTION_TIMEOUT),
        settings.duration(ConfigKeys.ACTION_TTL),
        settings.duration(ConfigKeys.ACTION_MEMORY_HOURS),
        settings.yesNo(ConfigKeys.STRICT));
  }

  private BridgeConfig.ActionLimits actionLimits() {
    Set<String> off = new TreeSet<>();
    Map<ActionType, BridgeConfig.Rates> rates = new EnumMap<>(ActionType.class);
    for (ActionType type : ActionType.values()) {
      if (!settings.yesNo(limit(type.key()))) {
        off.add(type.key());
      }
      rates.put(type, rates(type));
    }
    return new BridgeConfig.ActionLimits(
        settings.value(ConfigKeys.MODE, ValueParser::mode),
        Collections.unmodifiableSet(off),
        settings.value(ConfigKeys.APPROVE, ValueParser::types),
        settings.duration(ConfigKeys.APPROVE_HOURS),
        settings.value(ConfigKeys.MAPS_ALLOWED, ValueParser::names),
        settings.number(ConfigKeys.TOTAL_PER_SECOND),
        Collections.unmodifiableMap(rates),
        new BridgeConfig.MonsterLimits(
            settings.number(ConfigKeys.MONSTER_MAX_AMOUNT),
            settings.value(ConfigKeys.MONSTERS_DENIED, ValueParser::ids),
            settings.value(ConfigKeys.EVENTS_ALLOWED, ValueParser::labels)),
        new BridgeConfig.RewardLimits(
            settings.longNumber(ConfigKeys.REWARD_MAX_ZENY),
            settings.number(ConfigKeys.REWARD_MAX_QUANTITY),
            settings.longNumber(ConfigKeys.REWARD_MAX_BASE_EXP),
            settings.longNumber(ConfigKeys.REWARD_MAX_JOB_EXP),
            settings.value(ConfigKeys.ITEMS_DENIED, ValueParser::ids),
            new BridgeConfig.Goods(
                settings.longNumber(ConfigKeys.ZENY_PER_DAY),
                settings.longNumber(ConfigKeys.ITEMS_PER_DAY),
                settings.longNumber(ConfigKeys.BASE_EXP_PER_DAY),
                settings.longNumber(ConfigKeys.JOB_EXP_PER_DAY))),
        settings.number(ConfigKeys.BROADCAST_MAX_LENGTH),
        settings.longNumber(ConfigKeys.ECONOMY_MIN_PRICE),
        settings.number(ConfigKeys.AUDIT_MB));
  }

  private BridgeConfig.Rates rates(ActionType type) {
    Map<ActionType.Subject, BridgeConfig.SubjectRate> per = new EnumMap<>(ActionType.Subject.class);
    for (ActionType.Subject subject : type.subjects()) {
      per.put(
          subject,
          new BridgeConfig.SubjectRate(
              settings.number(limit(ConfigKeys.perHour(type, subject))),
              settings.duration(limit(ConfigKeys.cooldown(type, subject)))));
    }
    return new BridgeConfig.Rates(
        settings.number(limit(ConfigKeys.perMinute(type))), Collections.unmodifiableMap(per));
  }

  private static ConfigKey limit(String name) {
    return ConfigKeys.find(ConfigKeys.MODE.section(), name);
  }

  private BridgeConfig.CircuitBreaker circuitBreaker() {
    return new BridgeConfig.CircuitBreaker(
        settings.number(ConfigKeys.FAILURE_THRESHOLD),
        settings.duration(ConfigKeys.BREAKER_TIMEOUT),
        settings.number(ConfigKeys.HALF_OPEN_REQUESTS));
  }

  private BridgeConfig.ScriptHttp scriptHttp() {
    return new BridgeConfig.ScriptHttp(
        settings.yesNo(ConfigKeys.SCRIPTS_ENABLED),
        settings.value(ConfigKeys.ALLOWED_HOSTS, ValueParser::hosts),
        settings.value(ConfigKeys.ALLOWED_NETWORKS, ValueParser::networks),
        settings.value(ConfigKeys.REWRITE, ValueParser::hosts),
        settings.number(ConfigKeys.MAX_URL_LENGTH),
        settings.number(ConfigKeys.MAX_BODY_SIZE),
        settings.number(ConfigKeys.MAX_RESPONSE_SIZE),
        settings.number(ConfigKeys.SCRIPTS_MAX_CONCURRENT),
        settings.number(ConfigKeys.REQUESTS_PER_SECOND),
        settings.number(ConfigKeys.REQUESTS_PER_SCRIPT_PER_MINUTE),
        settings.duration(ConfigKeys.SCRIPTS_TIMEOUT),
        settings.duration(ConfigKeys.CACHE_TTL),
        settings.yesNo(ConfigKeys.CACHE_POSTS),
        settings.number(ConfigKeys.CACHE_MAX_ENTRIES));
  }

  private void checkBaseUrl(BridgeConfig config) {
    if (config.bridge().enabled() && !isSet(ConfigKeys.BASE_URL)) {
      settings.missing(
          file,
          dialect == Dialect.FLAT ? FlatKeys.ENDPOINT.name() : ConfigKeys.BASE_URL.label(),
          ConfigKeys.BASE_URL,
          settings.isEmpty()
              ? (file == ConfigSource.IN_CODE ? "nothing is set" : "the file sets nothing")
                  + "; this key is required"
              : "is required while the bridge is enabled");
    }
  }

  /** Reports an error if two stores share a folder, since each would delete the other's files. */
  private void checkFolders(BridgeConfig config) {
    Map<Path, ConfigKey> folders = new HashMap<>();
    checkFolder(folders, ConfigKeys.JOURNAL_PATH, config.journal().path());
    checkFolder(folders, ConfigKeys.DLQ_PATH, config.deadLetters().path());
    checkFolder(folders, ConfigKeys.LEDGER_PATH, config.actionExecutor().ledgerPath());
  }

  private void checkFolder(Map<Path, ConfigKey> folders, ConfigKey key, Path folder) {
    ConfigKey other = folders.putIfAbsent(folder.toAbsolutePath().normalize(), key);
    if (other == null) {
      return;
    }
    ConfigKey set = settings.entry(key) != null ? key : other;
    ConfigKey kept = set == key ? other : key;
    settings.reject(
        settings.entry(set), set, "a folder of its own", "is the folder of " + kept.label());
  }
}
