package org.aibridge.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a port that stays ours while nothing listens on it.
 *
 * <p>The port is below the range from which systems take ports for outgoing connections (32768 and
 * up on Linux, 49152 elsewhere). In that range a client that keeps knocking at a stopped service
 * could be given the very port it knocks at and be connected to itself.
 */
final class FreePort {
  private static final int LOWEST = 15_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 200;

  private FreePort() {}

  static int find() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST);
  }

  /** Opens and closes the port; true if that worked. */
  static boolean isFree(int port) {
    try {
      new ServerSocket(port, 1, InetAddress.getByName(ScenarioServer.HOST)).close();
      return true;
    } catch (java.net.BindException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot try port " + port, e);
    }
  }
}
