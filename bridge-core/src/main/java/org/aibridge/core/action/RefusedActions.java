package org.aibridge.core.action;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The actions that were refused on arrival. None was ever begun, so none needs a record on disk: a
 * forgotten one that comes again is judged anew. For the thread that owns the ledger.
 *
 * <p>Refusals that the service has not acknowledged are all kept, and {@link ResultReporter} bounds
 * their number; of the others the newest {@value #MAX_TOLD} are kept. So whatever a service sends,
 * refusals take memory only for a time.
 */
final class RefusedActions {
  /** The maximum number of acknowledged refusals to keep; it exceeds what late offers repeat. */
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

  /** Returns the refused action with {@code id}, or null. */
  LedgerEntry find(String id) {
    LedgerEntry entry = untold.get(id);
    return entry == null ? told.get(id) : entry;
  }

  /** Notes that the service has acknowledged the refusal. */
  void told(LedgerEntry entry) {
    entry.acknowledge();
    told.put(entry.id, entry);
    untold.remove(entry.id);
  }
}
