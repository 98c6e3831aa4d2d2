package org.aibridge.api;

import java.util.List;

/**
 * The result of a reload.
 *
 * @param outcome what became of it
 * @param problems why the settings are not in force, one sentence each; after a reload, what the
 *     operator should know all the same
 */
public record ReloadResult(Outcome outcome, List<String> problems) {
  /** Copies the list. */
  public ReloadResult {
    problems = List.copyOf(problems);
  }

  /** True if the new settings are in force. */
  public boolean reloaded() {
    return outcome == Outcome.RELOADED;
  }

  /** The outcome of a reload. Only {@link #RELOADED} replaces the old settings. */
  public enum Outcome {
    /** The new settings are in force. */
    RELOADED,
    /** The settings have mistakes, or name a file or folder that cannot be used. */
    REJECTED,
    /** The bridge itself failed to reload, for example because memory ran out. */
    FAILED,
    /** The bridge is off; only a restart of the server can switch it on. */
    OFF,
    /** The bridge is closed. */
    CLOSED
  }
}
