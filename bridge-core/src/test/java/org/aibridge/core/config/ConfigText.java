package org.aibridge.core.config;

/** Writes a configuration the way {@link ConfigReader} reads it, without its secrets. */
public final class ConfigText {
  private ConfigText() {}

  /**
   * Every value in force, section by section.
   *
   * <p>Read back it gives the same configuration, but for the key of the service: that one is
   * nowhere in the text, only whether there is one.
   */
  public static String of(BridgeConfig config) {
    StringBuilder text = new StringBuilder();
    for (String section : ConfigKeys.sections().keySet()) {
      text.append('[').append(section).append("]\n");
      ConfigKeys.all().stream()
          .filter(key -> key.section().equals(section))
          .forEach(key -> append(text, key, config));
      text.append('\n');
    }
    return text.toString();
  }

  private static void append(StringBuilder text, ConfigKey key, BridgeConfig config) {
    String value = key.shown().apply(config);
    if (value != null) {
      text.append(key.line(value).orElseThrow()).append('\n');
    } else if (key.equals(ConfigKeys.API_KEY) && config.aiService().apiKey().isPresent()) {
      text.append("# api_key is set and not shown\n");
    }
  }
}
