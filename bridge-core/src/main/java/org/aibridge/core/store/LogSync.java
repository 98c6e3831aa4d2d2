package org.aibridge.core.store;

import java.io.IOException;

/** Brings what was appended to a log from the machine's memory to its disk. */
@FunctionalInterface
public interface LogSync {
  /** For a log that need not survive a crash of the machine. */
  LogSync NONE = () -> {};

  /**
   * Returns when everything appended before the call is on the disk, as far as the disk tells the
   * truth. Waits as long as the disk does.
   *
   * @throws IOException if the disk did not take it; what was appended since the last call without
   *     one may then be lost in a crash of the machine
   */
  void sync() throws IOException;
}
