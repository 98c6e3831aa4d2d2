package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Changes dead letters through the process that owns them. Calls block. */
interface DeadLetterOwner extends AutoCloseable {
  /**
   * Has the owner carry out {@code command}, and returns the owner's answer.
   *
   * @throws IOException if the outcome is unknown
   */
  ObjectNode ask(ObjectNode command) throws IOException;

  /** True if the owner is still running. */
  boolean isThere() throws IOException;

  @Override
  void close() throws IOException;
}
