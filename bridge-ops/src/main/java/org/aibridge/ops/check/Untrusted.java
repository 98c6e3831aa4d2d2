package org.aibridge.ops.check;

import org.aibridge.core.config.Secret;
import org.aibridge.core.text.Shown;

/** Prepares the service's text for a console: short, printable, and without our key. */
final class Untrusted {
  private static final int MAX_LENGTH = 120;

  private final Secret key;

  Untrusted(Secret key) {
    this.key = key;
  }

  /** Returns an address from the service in a form that is safe for the console. */
  String address(String said) {
    return Shown.address(key.hideIn(said));
  }

  String text(String said) {
    return Shown.of(key.hideIn(said), MAX_LENGTH);
  }
}
