package org.aibridge.ops.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigProblem;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigResult;

/** Checks whether the configuration is readable, and reports all its problems and warnings. */
final class ConfigurationCheck {
  static final String NAME = "configuration";

  private final Map<String, String> environment;
  private final Consumer<Finding> findings;

  ConfigurationCheck(Map<String, String> environment, Consumer<Finding> findings) {
    this.environment = environment;
    this.findings = findings;
  }

  Optional<BridgeConfig> read(Path file) {
    try {
      ConfigResult result = ConfigReader.read(file, environment);
      findings.accept(Finding.ok(NAME, file + " is valid" + counted(result.warnings())));
      result.warnings().forEach(this::warn);
      return Optional.of(result.config());
    } catch (ConfigException invalid) {
      invalid.problems().forEach(problem -> findings.accept(finding(problem)));
      invalid.warnings().forEach(this::warn);
      return Optional.empty();
    }
  }

  private void warn(String text) {
    findings.accept(Finding.warning(NAME, text, ""));
  }

  private static String counted(List<String> warnings) {
    return switch (warnings.size()) {
      case 0 -> "";
      case 1 -> ", with a warning";
      default -> ", with " + warnings.size() + " warnings";
    };
  }

  private static Finding finding(ConfigProblem p) {
    ConfigProblem bare = new ConfigProblem(p.file(), p.line(), p.key(), p.given(), "", p.message());
    return Finding.failure(NAME, bare.toString(), advice(p));
  }

  private static String advice(ConfigProblem problem) {
    if (problem.line() == 0 && problem.key().isEmpty() && Files.notExists(problem.file())) {
      return "name the file with --conf, or run this in the folder the server runs in";
    }
    return problem.allowed().isEmpty()
        ? "correct this; every key is explained in docs/configuration.md"
        : "allowed: " + problem.allowed();
  }
}
