package org.aibridge.api;

import java.util.List;

/**
 * The result of a reload.
 *
 * @param reloaded whether the file's settings are in force now
 * @param problems why the settings are not in force, one sentence each; after a reload, what the
 *     operator should know all the same
 */
public record ReloadResult(boolean reloaded, List<String> problems) {
  /** Copies the list. */
  public ReloadResult {
    problems = List.copyOf(problems);
  }
}
