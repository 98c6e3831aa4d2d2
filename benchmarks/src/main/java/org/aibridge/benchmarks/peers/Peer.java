package org.aibridge.benchmarks.peers;

import java.io.IOException;

/**
 * Takes monster kills from a map-server: player, map and monster.
 *
 * <p>All peers carry the same facts: the queues and logs carry the 50 bytes that the bridge writes,
 * the HTTP clients the JSON that the bridge sends.
 */
public interface Peer extends AutoCloseable {
  /** Hands over a kill by {@code player}; false if the peer dropped the event at once. */
  boolean offer(int player);

  /** Waits until every event handed over has arrived, but no longer than some seconds. */
  void drain();

  /** Returns how many events a drained peer has lost: neither kept nor delivered. */
  long lost();

  @Override
  void close() throws IOException;
}
