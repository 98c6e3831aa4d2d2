package org.aibridge.core.script;

import java.util.HashMap;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;

/** Limits the calls of all scripts per second, and of each script per minute. For one thread. */
final class Quotas {
  private static final long SECOND = 1_000_000_000L;
  private static final int MAX_SCRIPTS = 100_000;

  private final BridgeClock clock;
  private final Map<String, Integer> inMinute = new HashMap<>();
  private long secondStart;
  private long minuteStart;
  private int inSecond;

  Quotas(BridgeClock clock) {
    this.clock = clock;
    this.secondStart = clock.nanos();
    this.minuteStart = secondStart;
  }

  /**
   * Counts one call of {@code script}; returns the empty text, or the reason if none is allowed.
   */
  String take(String script, BridgeConfig.ScriptHttp limits) {
    long now = clock.nanos();
    if (now - secondStart >= SECOND) {
      secondStart = now;
      inSecond = 0;
    }
    if (now - minuteStart >= 60 * SECOND || inMinute.size() > MAX_SCRIPTS) {
      minuteStart = now;
      inMinute.clear();
    }
    if (inSecond >= limits.requestsPerSecond()) {
      return "scripts have made their " + limits.requestsPerSecond() + " calls of this second";
    }
    int used = inMinute.getOrDefault(script, 0);
    if (used >= limits.requestsPerScriptPerMinute()) {
      return "the script has made its "
          + limits.requestsPerScriptPerMinute()
          + " calls of this minute";
    }
    inSecond++;
    inMinute.put(script, used + 1);
    return "";
  }
}
