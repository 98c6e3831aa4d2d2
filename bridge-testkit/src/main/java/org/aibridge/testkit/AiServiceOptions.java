package org.aibridge.testkit;

/**
 * Where a fake service listens and how much it remembers.
 *
 * @param port the loopback port, 1-65535, or 0 for any free one
 * @param journalLimit how many requests are kept for inspection, at least 1; the oldest are
 *     forgotten first
 */
public record AiServiceOptions(int port, int journalLimit) {
  /** The default: any free port, and all requests are kept. */
  public static final AiServiceOptions DEFAULT = new AiServiceOptions(0, Integer.MAX_VALUE);

  /** Checks the ranges. */
  public AiServiceOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0-65535, was " + port);
    }
    if (journalLimit < 1) {
      throw new IllegalArgumentException("journalLimit must be >= 1, was " + journalLimit);
    }
  }

  /** Returns the same options with another port. */
  public AiServiceOptions withPort(int newPort) {
    return new AiServiceOptions(newPort, journalLimit);
  }

  /** Returns these options with another journal limit, for long runs that would fill the heap. */
  public AiServiceOptions withJournalLimit(int newJournalLimit) {
    return new AiServiceOptions(port, newJournalLimit);
  }
}
