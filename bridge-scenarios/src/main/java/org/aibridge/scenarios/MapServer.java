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
  /** Returns the current state of the server's bridge, as the bridge reports it. */
  Sight look(long atMs);

  /** True if {@code sight} shows no problem and no unfinished work. */
  boolean isWell(Sight sight);

  /** The additional time that this server may take, compared with a built-in server. */
  Duration slack();

  /** Publishes {@code events} in the next ticks, in addition to the server's own events. */
  void publish(List<GameEvent> events);

  /** Makes the server stop publishing events of its own. */
  void rest();

  /** Makes the server's bridge read its configuration again. */
  void reload();

  /**
   * How many events it accepted that are neither taken, nor dead, nor waiting.
   *
   * @param taken tells the ids of those that the service has by then
   */
  long lost(Supplier<Set<String>> taken);

  /** Returns the ids of the actions for which a handler was called more than once. */
  Set<String> appliedTwice();

  /** The longest tick, in milliseconds; 0 if unknown. */
  double tickMs();

  /** The longest time of one tick inside the bridge, in milliseconds. */
  double bridgeMs();

  /** The last sight, with what came of it while the server stopped. */
  default Sight end(Sight last) {
    return last;
  }

  /** Shuts the server down. Its results, like {@link #appliedTwice}, can still be read. */
  void stop();
}
