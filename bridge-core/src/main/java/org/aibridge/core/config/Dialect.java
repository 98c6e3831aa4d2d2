package org.aibridge.core.config;

import java.util.List;
import java.util.regex.Pattern;
import org.aibridge.core.text.ShellWord;

/**
 * The ways in which the configuration of a bridge between a map-server and an AI service is
 * written. The bridge reads the first two; the others, of older programs, have a command that
 * writes them anew.
 */
public enum Dialect {
  /** The bridge's own dialect. */
  INI("[section] and key = value lines", "(?!)"),
  /** The dialect of the older sidecar, which can have {@code import:} lines. */
  FLAT("the ai_sidecar_ keys of the older sidecar", "ai_sidecar_\\w+\\s*:.*"),
  /** The dialect of a gRPC client's {@code conf/battle/ai_client.conf}. */
  AI_CLIENT(
      "the ai_server_ keys of a gRPC client",
      "(?:enable_ai_client|ai_server_\\w+|ai_connection_timeout|ai_rpc_timeout)\\s*:.*"),
  /** The dialect of a gRPC client whose keys contain a dot, as in {@code ai_client.name}. */
  DOTTED("the ai_client. keys of a gRPC client", "ai_(?:client|service|bridge)\\.\\w+\\s*:.*"),
  /** The dialect of the first bridge: {@code ai_service_} keys among the keys of a web server. */
  SERVICE_URL("the ai_service_ keys of a web server", "ai_service_\\w+\\s*:.*"),
  /** The dialect of nested blocks. */
  BLOCKS("blocks such as ai_service: { ... }", "(?:[\\w.-]++\\s*+(?:[:=]\\s*+)?)?\\{.*");

  private static final Pattern FLAT_LINE = Pattern.compile("[A-Za-z0-9_]+\\s*:.*");
  private static final Pattern INI_LINE = Pattern.compile("[A-Za-z0-9_]+\\s*=.*");

  private final String description;
  private final Pattern line;

  Dialect(String description, String line) {
    this.description = description;
    this.line = Pattern.compile(line, Pattern.CASE_INSENSITIVE);
  }

  /** Returns the words by which messages describe the dialect. */
  public String description() {
    return description;
  }

  /** True if the bridge itself reads this dialect. */
  public boolean isOurs() {
    return this == INI || this == FLAT;
  }

  /**
   * Returns a file's dialect. It is ini if a line is a section and blocks begin no earlier; then
   * the first in the order above of which there is a line; then flat if the first setting has a
   * colon.
   */
  static Dialect of(ConfigFile file) {
    List<String> lines =
        file.lines().stream()
            .map(LineSyntax::strip)
            .filter(l -> !LineSyntax.saysNothing(l))
            .toList();
    boolean blocks = !lines.isEmpty() && BLOCKS.line.matcher(lines.get(0)).matches();
    if (!blocks && hasSections(file)) {
      return INI;
    }
    for (Dialect dialect : values()) {
      if (lines.stream().anyMatch(line -> dialect.line.matcher(line).matches())) {
        return dialect;
      }
    }
    return lines.stream()
        .filter(line -> FLAT_LINE.matcher(line).matches() || INI_LINE.matcher(line).matches())
        .findFirst()
        .map(line -> FLAT_LINE.matcher(line).matches() ? FLAT : INI)
        .orElse(INI);
  }

  /** True if any line of the file is a section header. */
  static boolean hasSections(ConfigFile file) {
    return file.lines().stream().anyMatch(line -> LineSyntax.strip(line).startsWith("["));
  }

  /** Returns why the bridge does not read a file in this dialect. */
  String refusal() {
    return "is written with " + description + ", which the bridge does not read";
  }

  /** Returns a text that names the command to convert the file for the bridge. */
  static String remedy(ConfigFile file) {
    String name = ShellWord.of(file.path().toString());
    return "what 'ai-bridge convert " + name + "' makes of it";
  }
}
