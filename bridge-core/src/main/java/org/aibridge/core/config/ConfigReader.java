package org.aibridge.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code ai_bridge.conf} in either of its dialects and checks all of it.
 *
 * <p>Keeps no state: any thread may read, and a reload begins by reading again. Reading blocks on
 * files, so it must not happen on the game thread. Nothing is logged; warnings are returned.
 */
public final class ConfigReader {
  private ConfigReader() {}

  /**
   * Reads a file, with this process's environment.
   *
   * @throws ConfigException with every problem of the file, when there is any
   */
  public static ConfigResult read(Path file) {
    return read(file, System.getenv());
  }

  /**
   * Reads a file, with {@code environment} for the keys that name a variable.
   *
   * @throws ConfigException with every problem of the file, when there is any
   */
  public static ConfigResult read(Path file, Map<String, String> environment) {
    ConfigFile text = load(file);
    ProblemList problems = new ProblemList();
    Settings settings = new Settings(problems);
    Dialect dialect = Dialect.of(text);
    if (dialect == Dialect.FLAT) {
      new FlatDialect(settings, problems).read(text);
    } else {
      new IniDialect(file, settings, problems).read(text.lines());
    }
    BridgeConfig config = new ConfigBuilder(file, dialect, settings, environment).build();
    problems.throwIfAny();
    return new ConfigResult(config, problems.warnings());
  }

  private static ConfigFile load(Path file) {
    try {
      return ConfigFile.load(file);
    } catch (ConfigFile.Unusable unusable) {
      throw new ConfigException(
          List.of(
              new ConfigProblem(
                  file,
                  unusable.line(),
                  "",
                  "",
                  "a text file in UTF-8 of up to " + ConfigFile.MAX_BYTES + " bytes",
                  unusable.getMessage())));
    }
  }
}
