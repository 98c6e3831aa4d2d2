package org.aibridge.core.script;

import java.util.HashMap;
import java.util.Map;

/** Counts calls, such as those under way, for each script. For one thread. */
final class PerScript {
  private final Map<String, Integer> counts = new HashMap<>();

  int of(String script) {
    return counts.getOrDefault(script, 0);
  }

  void add(String script) {
    counts.merge(script, 1, Integer::sum);
  }

  void remove(String script) {
    counts.computeIfPresent(script, (name, count) -> count > 1 ? count - 1 : null);
  }

  void clear() {
    counts.clear();
  }
}
