package org.aibridge.ops.check;

import org.aibridge.core.config.Secret;

/** Makes what a foreign service said fit for a console: short, printable, without our key. */
final class Untrusted {
  private static final int MAX_LENGTH = 120;

  private final Secret key;

  Untrusted(Secret key) {
    this.key = key;
  }

  String text(String said) {
    String masked = key.isPresent() ? said.replace(key.reveal(), "***") : said;
    String printable = masked.replaceAll("[^\\p{Print}\\p{L}]", "?");
    return printable.length() > MAX_LENGTH ? printable.substring(0, MAX_LENGTH) + "..." : printable;
  }
}
