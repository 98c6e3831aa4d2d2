package org.aibridge.ops.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.aibridge.core.config.ConfigKey;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.config.NearestName;

/**
 * What the keys of older programs mean here. Names are those of {@link ForeignFile}, so a key means
 * the same as {@code ai_client.endpoint}, in a block {@code ai_client} and as {@code
 * ai_service_endpoint}.
 */
final class ForeignKeys {
  /** The meaning of a port setting without a host; such a setting alone has no effect. */
  static final String PORT = "port";

  private static final List<String> PREFIXES =
      List.of("ai_service_", "ai_service.", "ai_client.", "ai_bridge.", "ai_");

  private static final Map<String, String> MEANINGS = new LinkedHashMap<>();
  private static final Map<String, String> REASONS = new LinkedHashMap<>();

  static {
    mean("bridge.enabled", "enabled", "enable_ai_client", "ai_system.enabled");
    mean("bridge.server_id", "server_id", "ai_server_id");
    for (String name : List.of("url", "endpoint", "base_url", "host", "address")) {
      mean("ai_service.base_url", name);
    }
    mean("ai_service.base_url", "server_endpoint", "ai_server_endpoint");
    mean(PORT, "port");
    mean("ai_service.api_key", "api_key", "ai_server_api_key");
    mean("ai_service.timeout_connect", "connection_timeout", "ai_connection_timeout");
    mean("ai_service.timeout_connect", "connect_timeout");
    mean("ai_service.timeout_read", "timeout", "ai_system.performance.request_timeout");
    mean("ai_service.timeout_read", "rpc_timeout", "ai_rpc_timeout");
    mean("ai_service.timeout_read", "request_timeout");
    mean("http_pool.max_retries", "retry_attempts", "ai_retry_attempts");
    mean("http_pool.max_retries", "max_retries");

    because("nothing here waits for the AI service", "ai_use_async");
    because("a script gets \"\" and says what then", "ai_fallback_enabled");
    because("[event_dispatcher] queue_size is for events alone", "ai_request_queue_size");
    because("'ai-bridge status' counts", "ai_enable_stats", "ai_stats_report_interval");
    because("the server's logging decides", "ai_debug_logging", "ai_client.debug");
    because("scripts decide which NPC asks", "ai_npc_mode", "ai_npc_min_level");
    because(
        "what scripts get may be kept by [script_http] cache_ttl",
        "ai_dialogue_cache_timeout",
        "ai_quest_cache_timeout");
    because(
        "[script_http] requests_per_second limits what scripts ask",
        "ai_rate_limit_rps",
        "ai_rate_limit_burst");
    because(
        "it is always tried again, as [http_pool] retry_delay and [circuit_breaker] timeout say",
        "ai_auto_reconnect",
        "ai_reconnect_delay",
        "ai_health_check_interval");
    because("it is for gRPC", "ai_keepalive_interval");
    because("it is for a socket inside the server", "aiworld_ipc_enabled");
    because("convert that file as well, and join what comes out", "import");
  }

  private ForeignKeys() {}

  /** Returns the bridge's {@code section.key} for a setting's name, or {@link #PORT}. */
  static Optional<String> meaning(String name) {
    return Optional.ofNullable(MEANINGS.get(name));
  }

  /** Returns why a setting of this name has no effect on the bridge. */
  static String reason(String name) {
    String reason = REASONS.get(name);
    return reason != null
        ? reason
        : "means nothing here"
            + NearestName.of(name, MEANINGS.keySet())
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
  }

  /** Returns the key that {@code meaning} names, in the form {@code section.key}. */
  static ConfigKey key(String meaning) {
    return ConfigKeys.all().stream()
        .filter(key -> meaning.equals(key.section() + "." + key.name()))
        .findFirst()
        .orElseThrow();
  }

  /** Maps each prefix plus {@code suffix}, and each name in {@code more}, to {@code meaning}. */
  private static void mean(String meaning, String suffix, String... more) {
    PREFIXES.forEach(prefix -> MEANINGS.put(prefix + suffix, meaning));
    List.of(more).forEach(name -> MEANINGS.put(name, meaning));
  }

  private static void because(String reason, String... names) {
    List.of(names).forEach(name -> REASONS.put(name, reason));
  }
}
