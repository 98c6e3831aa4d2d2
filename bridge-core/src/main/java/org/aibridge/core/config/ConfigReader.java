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
    return read(ConfigSource.of(file), environment);
  }

  /**
   * Reads the file of {@code source}, if it has one, and the settings in code.
   *
   * @throws ConfigException with every problem of both, when there is any
   */
  public static ConfigResult read(ConfigSource source) {
    return read(source, System.getenv());
  }

  /**
   * Returns the folder of the journal, from the line that says it, for a command that needs no more
   * and is called each minute. The rest of the file is not checked. Null if only {@link #read} can
   * tell, or tell why not: the file cannot be read, or is not in the bridge's own dialect.
   */
  public static Path journal(Path file) {
    try {
      List<String> lines = ConfigFile.load(file).lines();
      String rest =
          IniDialect.last(lines, ConfigKeys.JOURNAL_SECTION, ConfigKeys.JOURNAL_PATH_NAME);
      String path = rest == null ? ConfigKeys.JOURNAL_PATH_DEFAULT : LineSyntax.value(rest);
      return new PathParser(file).path(path);
    } catch (ConfigFile.Unusable | InvalidValue unusable) {
      return null;
    }
  }

  private static ConfigResult read(ConfigSource source, Map<String, String> environment) {
    ProblemList problems = new ProblemList();
    Settings settings = new Settings(problems);
    Dialect dialect =
        source.file() == null ? Dialect.INI : readFile(source.file(), settings, problems);
    new CodeSettings(settings, problems).read(source.inCode());
    BridgeConfig config = new ConfigBuilder(source.place(), dialect, settings, environment).build();
    problems.throwIfAny();
    return new ConfigResult(config, problems.warnings());
  }

  private static Dialect readFile(Path file, Settings settings, ProblemList problems) {
    ConfigFile text = load(file);
    Dialect dialect = Dialect.of(text);
    if (!dialect.isOurs()) {
      problems.error(file, 0, "", "", Dialect.remedy(text), dialect.refusal());
      problems.throwIfAny();
    } else if (dialect == Dialect.FLAT) {
      new FlatDialect(settings, problems).read(text);
    } else {
      new IniDialect(file, settings, problems).read(text.lines());
    }
    return dialect;
  }

  /**
   * Returns what a file in one of the bridge's own dialects sets, for a command that writes it
   * anew; of a file in another dialect nothing but the dialect.
   *
   * @throws ConfigException if the file cannot be read
   */
  public static WrittenSettings written(Path file) {
    ConfigFile text = load(file);
    Dialect dialect = Dialect.of(text);
    ProblemList problems = new ProblemList();
    Settings settings = new Settings(problems);
    if (dialect.isOurs()) {
      readFile(file, settings, problems);
    }
    return new WrittenSettings(dialect, text.lines(), settings.written(), problems.all());
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
                  unusable.getMessage())),
          List.of());
    }
  }
}
