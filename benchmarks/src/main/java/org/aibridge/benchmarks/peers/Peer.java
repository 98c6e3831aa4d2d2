package org.aibridge.benchmarks.peers;

import java.io.IOException;

/**
 * Something a map-server hands a monster kill to: player, map and monster.
 *
 * <p>All peers carry the same facts: the queues and logs the 50 bytes the bridge writes, the HTTP
 * clients the JSON the bridge sends.
 */
public interface Peer extends AutoCloseable {
  /** Hands over a kill by {@code player}; false if it was dropped at once. */
  boolean offer(int player);

  /** Waits until everything handed over has come through, or some seconds. */
  void drain();

  /** Of what was handed over, what a drained peer has neither kept nor brought through. */
  long lost();

  @Override
  void close() throws IOException;
}
