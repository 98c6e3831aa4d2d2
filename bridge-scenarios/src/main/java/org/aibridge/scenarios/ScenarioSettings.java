package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.config.ConfigProblem;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.config.NearestName;

/** The bridge's keys that a scenario's file sets, checked as the bridge checks them. */
final class ScenarioSettings {
  private static final String WHERE = "play.settings";

  private ScenarioSettings() {}

  /**
   * Reads {@code section.key} and value pairs.
   *
   * @throws IllegalArgumentException when there is no such key, it may not be set here, or a value
   *     is not allowed; the message has all that the bridge says of it
   */
  static Map<String, String> of(JsonNode given) {
    if (!given.isMissingNode() && !given.isObject()) {
      throw new IllegalArgumentException(WHERE + " must be an object, was " + given);
    }
    Map<String, String> own = QuickKeys.own("check", "http://127.0.0.1:1", Path.of("check"));
    Map<String, String> settings = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> setting : given.properties()) {
      String key = setting.getKey();
      requireKnown(key);
      if (own.containsKey(key)) {
        throw new IllegalArgumentException("%s: %s is set by each run".formatted(WHERE, key));
      }
      if (!setting.getValue().isValueNode() || setting.getValue().isNull()) {
        throw new IllegalArgumentException(
            "%s: %s must be a text, a number or a boolean, was %s"
                .formatted(WHERE, key, setting.getValue()));
      }
      settings.put(key, setting.getValue().asText());
    }
    Map<String, String> all = new LinkedHashMap<>(QuickKeys.keys());
    all.putAll(settings);
    all.putAll(own);
    try {
      ConfigReader.read(new ConfigSource(null, all));
    } catch (ConfigException e) {
      String problems =
          e.problems().stream().map(ScenarioSettings::words).collect(Collectors.joining("; "));
      throw new IllegalArgumentException(WHERE + ": " + problems, e);
    }
    return settings;
  }

  private static void requireKnown(String key) {
    List<String> known = ConfigKeys.all().stream().map(k -> k.section() + "." + k.name()).toList();
    if (!Set.copyOf(known).contains(key.strip().toLowerCase(Locale.ROOT))) {
      String hint =
          NearestName.of(key, known).map(name -> "; did you mean " + name + "?").orElse("");
      throw new IllegalArgumentException(
          "%s: the bridge has no key \"%s\"%s (section.key, docs/configuration.md has all)"
              .formatted(WHERE, key, hint));
    }
  }

  private static String words(ConfigProblem problem) {
    String key = problem.key().replaceAll("set\\(\"(.*)\"\\)", "$1");
    return "%s: %s%s%s"
        .formatted(
            key,
            problem.message(),
            problem.given().isEmpty() ? "" : ", given \"" + problem.given() + "\"",
            problem.allowed().isEmpty() ? "" : "; allowed: " + problem.allowed());
  }
}
