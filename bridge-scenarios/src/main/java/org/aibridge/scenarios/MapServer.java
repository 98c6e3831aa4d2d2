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
  /** Returns what the server's bridge says about itself now. */
  Sight look(long atMs);

  /** True if nothing is wrong and nothing is left to do. */
  boolean isWell(Sight sight);

  /** How much more time this server may take than a built-in one. */
  Duration slack();

  /** Publishes {@code events} in the next ticks, in addition to the server's own events. */
  void publish(List<GameEvent> events);

  /** Makes the server publish no more events of its own. */
  void rest();

  /** Makes the server's bridge read its configuration again. */
  void reload();

  /**
   * How many events it accepted that are neither taken, nor dead, nor waiting.
   *
   * @param taken tells the ids of those that the service has by then
   */
  long lost(Supplier<Set<String>> taken);

  /** The ids of the actions a handler was called for more than once. */
  Set<String> appliedTwice();

  /** The longest tick, in milliseconds; 0 if unknown. */
  double tickMs();

  /** The longest time of one tick inside the bridge, in milliseconds. */
  double bridgeMs();

  /** The last sight, with what came of it while the server stopped. */
  default Sight end(Sight last) {
    return last;
  }

  /** Stops the server in order, once. {@link #appliedTwice} and the like work afterwards too. */
  void stop();
}
