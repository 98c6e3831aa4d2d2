package org.aibridge.core.config;

import java.util.List;

/**
 * What a configuration file sets, as far as it can be told without judging the values.
 *
 * @param lines the file's lines
 * @param settings what it sets; empty for a dialect that is not the bridge's own
 * @param notes sentences about what has no effect or cannot be read, each with file and line;
 *     without the value of any secret
 */
public record WrittenSettings(
    Dialect dialect, List<String> lines, List<Setting> settings, List<String> notes) {

  /**
   * One key that is set.
   *
   * @param value the value in the key's own unit, which may be wrong or a secret
   * @param from file, line and name of what set it
   */
  public record Setting(ConfigKey key, String value, String from) {
    /** Returns the setting's place without its value, which may be a secret. */
    @Override
    public String toString() {
      return from;
    }
  }
}
