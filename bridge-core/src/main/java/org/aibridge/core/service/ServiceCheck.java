package org.aibridge.core.service;

/**
 * What a check of a service has found.
 *
 * @param detail the facts on one line, without any secret
 * @param advice the action to take; empty if there is nothing to do
 */
public record ServiceCheck(Level level, String detail, String advice) {
  /** The severity of a finding. */
  public enum Level {
    OK,
    WARNING,
    FAILURE
  }

  public static ServiceCheck ok(String detail) {
    return new ServiceCheck(Level.OK, detail, "");
  }

  public static ServiceCheck warning(String detail, String advice) {
    return new ServiceCheck(Level.WARNING, detail, advice);
  }

  public static ServiceCheck failure(String detail, String advice) {
    return new ServiceCheck(Level.FAILURE, detail, advice);
  }
}
