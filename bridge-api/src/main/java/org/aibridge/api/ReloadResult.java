package org.aibridge.api;

import java.util.List;

/**
 * What a reload did.
 *
 * @param reloaded whether the file's settings are in force now
 * @param problems why not, one sentence each; when reloaded, what the operator should know all the
 *     same
 */
public record ReloadResult(boolean reloaded, List<String> problems) {
  /** Copies the list. */
  public ReloadResult {
    problems = List.copyOf(problems);
  }
}
