package org.aibridge.benchmarks.peers;

import java.io.IOException;
import org.aibridge.api.AiBridge;
import org.aibridge.benchmarks.Scene;

/** A whole bridge, whose AI service is down. */
final class BridgePeer implements Peer {
  private final Scene scene = Scene.at(Scene.NOBODY);
  private final AiBridge bridge;

  BridgePeer() throws IOException {
    bridge = scene.start();
  }

  @Override
  public boolean offer(int player) {
    return bridge.publish(Kill.event(player));
  }

  @Override
  public void drain() {
    scene.awaitEmptyRing();
  }

  @Override
  public long lost() {
    return bridge.status().events().refused();
  }

  @Override
  public void close() throws IOException {
    scene.close();
  }
}
