package org.aibridge.ops;

/** Sets which log lines reach the console. */
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

  /** Shows the log lines that a bridge writes for administrators, with their time. */
  static void showAll() {
    System.setProperty(PREFIX + "defaultLogLevel", "warn");
    System.setProperty(PREFIX + "log.org.aibridge", "info");
    // Its client repeats some ten times a second what the bridge says once.
    System.setProperty(PREFIX + "log.org.apache.kafka", "error");
    System.setProperty(PREFIX + "showDateTime", "true");
    System.setProperty(PREFIX + "dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS");
    System.setProperty(PREFIX + "showThreadName", "false");
    System.setProperty(PREFIX + "showShortLogName", "true");
  }
}
