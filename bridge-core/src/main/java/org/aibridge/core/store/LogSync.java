package org.aibridge.core.store;

import java.io.IOException;

/** Moves a log's appended records from the machine's memory to the disk. */
@FunctionalInterface
public interface LogSync {
  /** Does nothing; for a log that need not survive a crash of the machine. */
  LogSync NONE = () -> {};

  /**
   * Returns when everything appended before the call is on the disk, if the disk tells the truth.
   * Blocks until the disk is done.
   *
   * @throws IOException if the disk failed; records appended since the last successful call may
   *     then be lost in a crash of the machine
   */
  void sync() throws IOException;
}
