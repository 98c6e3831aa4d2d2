package org.aibridge.ops.check;

import java.io.Closeable;
import java.io.IOException;

/** Closes things that are no longer needed, and ignores exceptions. */
final class Quietly {
  private Quietly() {}

  static void close(Closeable thing) {
    try {
      thing.close();
    } catch (IOException e) {
      return; // the result of the check is already known
    }
  }
}
