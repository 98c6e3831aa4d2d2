package org.aibridge.core.http;

import java.io.IOException;
import java.io.InterruptedIOException;

/** What is known of one call while it is under way. Written by its thread, read by any. */
final class Exchange {
  /** Whether we gave up on it ourselves. */
  volatile boolean cancelled;

  /** Whether it began to open a connection of its own. */
  volatile boolean connected;

  /** Whether it went over a connection that an earlier call had left. */
  volatile boolean reused;

  /** Whether the head of an answer came. */
  volatile boolean answered;

  /**
   * Whether {@code e} tells of the connection and not of the service: it had been idle, and its
   * other end was closed in the meantime, as many services do after some seconds.
   */
  boolean foundStale(IOException e) {
    return reused && !answered && !(e instanceof InterruptedIOException);
  }
}
