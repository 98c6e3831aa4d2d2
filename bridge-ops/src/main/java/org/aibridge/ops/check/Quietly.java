package org.aibridge.ops.check;

import java.io.Closeable;
import java.io.IOException;

/** Closes things that nobody needs any more, without an exception. */
final class Quietly {
  private Quietly() {}

  static void close(Closeable thing) {
    try {
      thing.close();
    } catch (IOException e) {
      return; // the check's result is known already
    }
  }
}
