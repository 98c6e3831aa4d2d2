package org.aibridge.scenarios;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.aibridge.api.event.GameEvent;

/**
 * A map-server with the bridge under test. The player's thread calls it, and waits where it must.
 */
interface MapServer {
  /** What its bridge tells of itself now. */
  Sight look(long atMs);

  /** Whether nothing is wrong and nothing is left to do. */
  boolean isWell(Sight sight);

  /** How much longer than one of ours it may take. */
  Duration slack();

  /** Has it publish these events in its next ticks, beside what it does by itself. */
  void publish(List<GameEvent> events);

  /** Has it publish nothing more of its own. */
  void rest();

  /** Has its bridge read its configuration again. */
  void reload();

  /**
   * How many events it accepted that are neither taken, nor dead, nor waiting.
   *
   * @param taken tells the ids of those that the service has by then
   */
  long lost(Supplier<Set<String>> taken);

  /** The ids of the actions a handler was called for more than once. */
  Set<String> appliedTwice();

  /** The longest tick in milliseconds, 0 when it cannot be known. */
  double tickMs();

  /** The most that one tick spent inside the bridge, in milliseconds. */
  double bridgeMs();

  /** Stops it in order, once. {@link #appliedTwice} and the like answer afterwards too. */
  void stop();
}
