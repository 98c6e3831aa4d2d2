package org.aibridge.ops;

/** Keeps the libraries' log lines off the console. */
final class Logging {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /**
   * Lets warnings and errors through to the standard error if {@code verbose}, otherwise nothing.
   * Has an effect only before the first logger is made.
   */
  static void set(boolean verbose) {
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.setProperty(PREFIX + "logFile", "System.err");
    System.setProperty(PREFIX + "defaultLogLevel", verbose ? "warn" : "off");
  }
}
