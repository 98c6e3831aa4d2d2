package org.aibridge.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys of the flat dialect, each with the key of {@link ConfigKeys} that it sets. */
final class FlatKeys {
  static final String PREFIX = "ai_sidecar_";
  static final String DEFAULT_CACHE_TTL_SECONDS = "3600";

  /** A hint for operators whose service speaks gRPC. */
  static final String HTTP_ALONE =
      "the bridge speaks HTTP, for which services that speak gRPC at port 50051 mostly have port"
          + " 8000";

  private static final String NO_EFFECT = "no effect";
  private static final Map<String, FlatKey> TABLE = new LinkedHashMap<>();

  static final FlatKey ENDPOINT =
      add(
          "endpoint",
          ConfigKeys.BASE_URL,
          "without a scheme it gets http://, or https:// when tls_enabled is yes");
  static final FlatKey CACHE_TTL =
      add(
          "cache_ttl_seconds",
          ConfigKeys.CACHE_TTL,
          1000,
          "seconds",
          "counts only when enable_local_cache is yes, and is then "
              + DEFAULT_CACHE_TTL_SECONDS
              + " unless given");
  static final FlatKey LOCAL_CACHE =
      add("enable_local_cache", null, "yes puts cache_ttl_seconds in force; default no");
  static final FlatKey TLS_ENABLED =
      add("tls_enabled", null, "yes puts the tls_ files in force; default no");
  static final List<FlatKey> TLS_FILES =
      List.of(
          add("tls_ca_cert", ConfigKeys.TLS_CA_CERT, "ignored without TLS"),
          add("tls_client_cert", ConfigKeys.TLS_CLIENT_CERT, "ignored without TLS"),
          add("tls_client_key", ConfigKeys.TLS_CLIENT_KEY, "ignored without TLS"));

  static {
    add("enabled", ConfigKeys.ENABLED, "");
    add("game_server_id", ConfigKeys.SERVER_ID, "");
    add("api_key", ConfigKeys.API_KEY, "");
    add("api_key_file", ConfigKeys.API_KEY_FILE, "");
    add("api_key_env", ConfigKeys.API_KEY_ENV, "");
    add("connection_pool_size", ConfigKeys.MAX_CONNECTIONS, "");
    add("timeout_ms", ConfigKeys.TIMEOUT_READ, "");
    add("max_retries", ConfigKeys.MAX_RETRIES, "");
    add("retry_delay_ms", ConfigKeys.RETRY_DELAY, "");
    add("keepalive_ms", ConfigKeys.KEEP_ALIVE_TIME, "");
    add("max_message_size_mb", ConfigKeys.MAX_BATCH_BYTES, 1024 * 1024, "MB", "");
    add("cache_max_entries", ConfigKeys.CACHE_MAX_ENTRIES, "");
    for (String name :
        List.of(
            "protocol",
            "transport",
            "compression", // Belongs to another protocol; the other end of that reads it.
            "fallback_to_legacy",
            "fallback_after_errors",
            "enable_dialogue",
            "enable_quests",
            "enable_decisions",
            "enable_memory",
            "log_level",
            "log_requests",
            "log_responses")) {
      add(name, null, NO_EFFECT);
    }
  }

  private FlatKeys() {}

  static Map<String, FlatKey> all() {
    return TABLE;
  }

  /** True if the key belonged to the older sidecar program and has no effect here. */
  static boolean hasNoEffect(String name) {
    FlatKey key = TABLE.get(name);
    return key == null ? name.startsWith(PREFIX + "fallback_") : key.note().equals(NO_EFFECT);
  }

  private static FlatKey add(String name, ConfigKey target, String note) {
    return add(name, target, 1, target == null ? "" : target.unit(), note);
  }

  private static FlatKey add(String name, ConfigKey target, long scale, String unit, String note) {
    FlatKey key = new FlatKey(PREFIX + name, target, scale, unit, note);
    TABLE.put(key.name(), key);
    return key;
  }
}
