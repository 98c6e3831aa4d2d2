package org.aibridge.core.action;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The actions that were refused when they came. None of them was ever begun, so that no disk has to
 * know them: one that is forgotten and comes again is judged anew. For the thread that has the
 * ledger.
 *
 * <p>What the service has not acknowledged is known, for {@link ResultReporter} bounds how much
 * that is; of the rest the newest {@value #MAX_TOLD}. So whatever a service makes up, a refusal
 * leaves nothing behind but in passing.
 */
final class RefusedActions {
  /** More than there are on their way in answers and results that cross. */
  static final int MAX_TOLD = 10_000;

  private final Map<String, LedgerEntry> untold = new HashMap<>();

  private final Map<String, LedgerEntry> told =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LedgerEntry> eldest) {
          return size() > MAX_TOLD;
        }
      };

  void add(LedgerEntry entry) {
    entry.position = LedgerEntry.NEVER_WRITTEN;
    untold.put(entry.id, entry);
  }

  /** What was refused under {@code id}, or null. */
  LedgerEntry find(String id) {
    LedgerEntry entry = untold.get(id);
    return entry == null ? told.get(id) : entry;
  }

  /** The service has acknowledged it. */
  void told(LedgerEntry entry) {
    entry.acknowledge();
    told.put(entry.id, entry);
    untold.remove(entry.id);
  }
}
