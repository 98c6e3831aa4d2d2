package org.aibridge.core.config;

import java.util.List;

/**
 * A usable configuration and what its author should know about it.
 *
 * @param config the checked configuration
 * @param warnings sentences to be logged, each of which begins with its file and line; they never
 *     hold the value of a secret
 */
public record ConfigResult(BridgeConfig config, List<String> warnings) {
  /** Copies {@code warnings}. */
  public ConfigResult {
    warnings = List.copyOf(warnings);
  }
}
