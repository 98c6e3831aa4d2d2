package org.aibridge.benchmarks.peers;

import java.io.IOException;

/**
 * Takes monster kills from a map-server: player, map and monster.
 *
 * <p>All peers carry the same facts: the queues and logs carry the 50 bytes that the bridge writes,
 * the HTTP clients the JSON that the bridge sends.
 */
public interface Peer extends AutoCloseable {
  /** Offers a kill by {@code player}; returns false if the peer dropped the event at once. */
  boolean offer(int player);

  /** Waits until all events that the peer took have arrived; gives up after a time limit. */
  void drain();

  /** Returns how many events the peer neither kept nor delivered; call {@link #drain} first. */
  long lost();

  @Override
  void close() throws IOException;
}
