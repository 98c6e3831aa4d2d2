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

  /** Returns whether the settings that were read are in force now. */
  public boolean reloaded() {
    return outcome == Outcome.RELOADED;
  }

  /** What can become of a reload. In all cases but the first the old settings stay. */
  public enum Outcome {
    /** What was read is in force. */
    RELOADED,
    /** The settings have mistakes, or name a file or folder that cannot be used. */
    REJECTED,
    /** The bridge itself could not do it, as for want of memory. */
    FAILED,
    /** The bridge is off; it starts with the server. */
    OFF,
    /** The bridge is closed. */
    CLOSED
  }
}
