package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** Whoever owns the dead letters and changes them for us. Blocks. */
interface DeadLetterOwner extends AutoCloseable {
  /**
   * Has {@code command} done and answers what came of it.
   *
   * @throws IOException if nobody knows
   */
  ObjectNode ask(ObjectNode command) throws IOException;

  /** Whether the owner is still there. */
  boolean isThere() throws IOException;

  @Override
  void close() throws IOException;
}
