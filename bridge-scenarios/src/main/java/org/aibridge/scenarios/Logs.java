package org.aibridge.scenarios;

import java.nio.file.Path;

/** Sets where the log lines of bridges go. */
final class Logs {
  private Logs() {}

  /** Lets only errors appear between the lines of a command. */
  static void onlyErrors() {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
  }

  /** Sends log lines where they go without {@link #sendTo}, whose file shall not be made. */
  static void sendToNoFile() {
    System.clearProperty("org.slf4j.simpleLogger.logFile");
  }

  /** Sends log lines to {@code file}. Works only before the first logger is created. */
  static void sendTo(Path file) {
    System.setProperty("org.slf4j.simpleLogger.logFile", file.toString());
    System.setProperty("org.slf4j.simpleLogger.log.org.eclipse.jetty", "error");
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
  }
}
