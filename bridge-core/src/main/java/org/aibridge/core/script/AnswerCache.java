package org.aibridge.core.script;

import java.util.LinkedHashMap;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * A cache of answers to GETs, each kept for a while; the least recently used is removed first. For
 * one thread.
 */
final class AnswerCache {
  private record Cached(String body, long untilNanos) {}

  private final BridgeClock clock;
  private final Map<String, Cached> byUrl = new LinkedHashMap<>(16, 0.75f, true);

  AnswerCache(BridgeClock clock) {
    this.clock = clock;
  }

  /** Returns the body kept for {@code url}; null if there is none, or if it is too old. */
  String find(String url) {
    Cached cached = byUrl.get(url);
    if (cached == null) {
      return null;
    }
    if (clock.nanos() - cached.untilNanos >= 0) {
      byUrl.remove(url);
      return null;
    }
    return cached.body;
  }

  void store(String url, String body, BridgeConfig.ScriptHttp limits) {
    byUrl.put(url, new Cached(body, clock.nanos() + limits.cacheTtl().toNanos()));
    while (byUrl.size() > limits.cacheMaxEntries()) {
      byUrl.remove(byUrl.keySet().iterator().next());
    }
  }
}
