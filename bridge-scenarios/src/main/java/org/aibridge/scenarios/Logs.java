package org.aibridge.scenarios;

import java.nio.file.Path;

/** Where the bridges' log lines go. */
final class Logs {
  private Logs() {}

  /** Lets nothing but errors come between the lines of a command. */
  static void onlyErrors() {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
  }

  /** Keeps the screen for the table. Works only before the first logger is made. */
  static void sendTo(Path file) {
    System.setProperty("org.slf4j.simpleLogger.logFile", file.toString());
    System.setProperty("org.slf4j.simpleLogger.log.org.eclipse.jetty", "error");
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
  }
}
