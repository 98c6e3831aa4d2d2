package org.aibridge.core.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what the sample file and the documentation say about the keys. */
final class ConfigDocs {
  /** What the sample sets where the key has no default. */
  private static final Map<ConfigKey, String> SAMPLE_VALUES =
      Map.of(ConfigKeys.BASE_URL, "http://127.0.0.1:8000");

  private static final int WIDTH = 96;

  private ConfigDocs() {}

  /** The project's folder, found from wherever the tests run. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("conf/jvm.options"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** The whole of {@code conf/ai_bridge.conf}. */
  static String sample() {
    StringBuilder text = new StringBuilder();
    comment(
        text,
        "The configuration of the AI bridge. Every key stands here with its default, so a key left"
            + " out changes nothing; only base_url is required. Comments begin with #, ; or //."
            + " Paths are relative to the folder the server runs in.");
    ConfigKeys.sections()
        .forEach(
            (section, meaning) -> {
              text.append("\n# ").append("-".repeat(WIDTH - 2)).append('\n');
              comment(text, meaning);
              text.append('[').append(section).append("]\n");
              alike(section).forEach(keys -> sampleKeys(text, keys));
            });
    return text.toString();
  }

  private static void sampleKeys(StringBuilder text, List<ConfigKey> alike) {
    ConfigKey key = alike.get(0);
    text.append('\n');
    comment(text, key.meaning());
    String restart = key.needsRestart() ? " Changes at the next start." : "";
    comment(text, "Allowed: " + key.allowed() + ". Default: " + defaultOf(key) + "." + restart);
    for (ConfigKey each : alike) {
      String value = SAMPLE_VALUES.getOrDefault(each, each.defaultValue());
      text.append((each.name() + " = " + value).strip()).append('\n');
    }
  }

  private static void comment(StringBuilder text, String words) {
    StringBuilder line = new StringBuilder("#");
    for (String word : words.split(" ")) {
      if (line.length() + 1 + word.length() > WIDTH) {
        text.append(line).append('\n');
        line = new StringBuilder("#");
      }
      line.append(' ').append(word);
    }
    text.append(line).append('\n');
  }

  /** The tables of the documentation, one a section. */
  static String keyTables() {
    return ConfigKeys.sections().entrySet().stream()
        .map(
            section ->
                "### `["
                    + section.getKey()
                    + "]`\n\n"
                    + section.getValue()
                    + "\n\n"
                    + "| key | meaning | unit | allowed | default | takes effect |\n"
                    + "|---|---|---|---|---|---|\n"
                    + alike(section.getKey()).stream()
                        .map(ConfigDocs::row)
                        .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }

  private static String row(List<ConfigKey> alike) {
    ConfigKey key = alike.get(0);
    boolean number = key.type() == ConfigKey.Type.NUMBER;
    return cells(
        alike.stream().map(each -> "`" + each.name() + "`").collect(Collectors.joining(", ")),
        key.meaning(),
        key.unit(),
        number ? key.min() + "-" + key.max() : key.allowed(),
        key.defaultValue().isEmpty() ? defaultOf(key) : "`" + key.defaultValue() + "`",
        key.needsRestart() ? "next start" : "reload");
  }

  /** The table of the profiles. */
  static String profileTable() {
    return "| key | `bridge` | `fastapi` |\n|---|---|---|\n"
        + Profile.keys().stream()
            .map(
                key ->
                    cells(
                        "`" + key.name() + "`", of(key, Profile.BRIDGE), of(key, Profile.FASTAPI)))
            .collect(Collectors.joining());
  }

  private static String of(ConfigKey key, Profile profile) {
    String value = profile.value(key);
    return value.isEmpty() ? "`/api/v1/health`, then `/health`" : "`" + value + "`";
  }

  /** The table of the flat dialect. */
  static String flatTable() {
    return "| flat key | sets | unit | note |\n|---|---|---|---|\n"
        + FlatKeys.all().values().stream()
            .map(
                key ->
                    cells(
                        "`" + key.name() + "`",
                        key.target() == null ? "" : "`" + key.target().label() + "`",
                        key.unit(),
                        key.note()))
            .collect(Collectors.joining());
  }

  private static String cells(String... cells) {
    return Arrays.stream(cells)
        .map(cell -> cell.isEmpty() ? " " : " " + cell + " ")
        .collect(Collectors.joining("|", "|", "|\n"));
  }

  private static String defaultOf(ConfigKey key) {
    if (!key.defaultValue().isEmpty()) {
      return key.defaultValue();
    }
    return key.equals(ConfigKeys.BASE_URL) ? "none, it is required" : "empty";
  }

  /** The keys of a section, those that stand together and say the same in one. */
  private static List<List<ConfigKey>> alike(String section) {
    List<List<ConfigKey>> alike = new ArrayList<>();
    ConfigKey before = null;
    for (ConfigKey key : keys(section)) {
      if (before == null
          || !key.meaning().equals(before.meaning())
          || !key.defaultValue().equals(before.defaultValue())) {
        alike.add(new ArrayList<>());
      }
      alike.get(alike.size() - 1).add(key);
      before = key;
    }
    return alike;
  }

  private static List<ConfigKey> keys(String section) {
    return ConfigKeys.all().stream().filter(key -> key.section().equals(section)).toList();
  }
}
