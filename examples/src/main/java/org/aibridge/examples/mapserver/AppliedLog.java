package org.aibridge.examples.mapserver;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.aibridge.api.action.ActionHeader;

/**
 * The world's own record of the actions it was given, kept to prove that none came twice.
 *
 * <p>Written by the game thread; others read once that thread has ended.
 */
public final class AppliedLog {
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Notes that an action was passed to its handler. */
  void begun(ActionHeader header) {
    entries.merge(
        header.id(),
        new Entry(header.type(), 1, false),
        (old, first) -> new Entry(old.type, old.times + 1, old.applied));
  }

  /** Notes that an action changed the world. */
  void applied(ActionHeader header) {
    entries.computeIfPresent(header.id(), (id, entry) -> new Entry(entry.type, entry.times, true));
  }

  /** Returns all actions that a handler saw, by id. */
  public Map<String, Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** Returns the ids of actions that a handler saw more than once. */
  public Set<String> twice() {
    Set<String> twice = new TreeSet<>();
    entries.forEach(
        (id, entry) -> {
          if (entry.times > 1) {
            twice.add(id);
          }
        });
    return twice;
  }

  /**
   * What became of one action.
   *
   * @param type its name on the wire
   * @param times how often a handler was called for it
   * @param applied whether the world changed as asked
   */
  public record Entry(String type, int times, boolean applied) {}
}
