package org.aibridge.core.script;

import java.util.LinkedHashMap;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/**
 * A cache of answers by what was asked, each kept for a while; the least recently used is removed
 * first. For one thread.
 */
final class AnswerCache {
  private record Cached(String body, long untilNanos) {}

  private final BridgeClock clock;
  private final Map<String, Cached> byQuestion = new LinkedHashMap<>(16, 0.75f, true);

  AnswerCache(BridgeClock clock) {
    this.clock = clock;
  }

  /** Returns the body kept for {@code question}; null if there is none or if it is too old. */
  String find(String question) {
    Cached cached = byQuestion.get(question);
    if (cached == null) {
      return null;
    }
    if (clock.nanos() - cached.untilNanos >= 0) {
      byQuestion.remove(question);
      return null;
    }
    return cached.body;
  }

  void store(String question, String body, BridgeConfig.ScriptHttp limits) {
    byQuestion.put(question, new Cached(body, clock.nanos() + limits.cacheTtl().toNanos()));
    while (byQuestion.size() > limits.cacheMaxEntries()) {
      byQuestion.remove(byQuestion.keySet().iterator().next());
    }
  }
}
