package org.aibridge.ops.dlq;

import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.ops.Surroundings;

/** Warns about letters that could not be read. */
final class Damages {
  private Damages() {}

  static void mention(Surroundings surroundings, LetterScan scan) {
    if (scan.damaged() + scan.noLetters() > 0) {
      surroundings
          .err()
          .printf(
              "%,d places cannot be read; 'ai-bridge dlq verify' tells where%n",
              scan.damaged() + scan.noLetters());
    }
    if (scan.newer() > 0) {
      surroundings
          .err()
          .printf(
              "%,d letters are of a newer version and are left out: use the ai-bridge of the server%n",
              scan.newer());
    }
  }
}
