package org.aibridge.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.aibridge.testkit.AiServiceScenario;

/** Finds the scenarios that the arguments of a command name. */
final class ChosenScenarios {
  private ChosenScenarios() {}

  /**
   * Reads names of built-in scenarios, folders of one, and folders of several; nothing means all
   * built-in ones.
   *
   * @throws IllegalArgumentException when an argument is none of these, two scenarios have one
   *     name, or a file has a mistake
   */
  static List<AiServiceScenario> of(List<String> arguments) {
    List<AiServiceScenario> chosen = new ArrayList<>();
    for (String argument : arguments.isEmpty() ? AiServiceScenario.names() : arguments) {
      chosen.addAll(read(argument));
    }
    Set<String> names = new HashSet<>();
    for (AiServiceScenario scenario : chosen) {
      if (!names.add(scenario.name())) {
        throw new IllegalArgumentException("two scenarios are called " + scenario.name());
      }
      if (!scenario.name().matches("[A-Za-z0-9_-]{1,40}")) {
        throw new IllegalArgumentException(
            "a scenario's folder must be called [A-Za-z0-9_-]{1,40}, was " + scenario.name());
      }
    }
    return chosen;
  }

  /** Returns the scenario that {@code argument} names; throws if that is not exactly one. */
  static AiServiceScenario one(String argument) {
    List<AiServiceScenario> found = read(argument);
    if (found.size() != 1) {
      throw new IllegalArgumentException(argument + " has several scenarios; name one of them");
    }
    return found.get(0);
  }

  private static List<AiServiceScenario> read(String argument) {
    if (AiServiceScenario.names().contains(argument)) {
      return List.of(AiServiceScenario.named(argument));
    }
    Path folder = Path.of(argument);
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "%s is neither a folder nor a built-in scenario; these are %s"
              .formatted(argument, String.join(", ", AiServiceScenario.names())));
    }
    if (isScenario(folder)) {
      return List.of(AiServiceScenario.fromDirectory(folder));
    }
    try (Stream<Path> folders = Files.list(folder)) {
      List<AiServiceScenario> all =
          folders
              .filter(ChosenScenarios::isScenario)
              .sorted()
              .map(AiServiceScenario::fromDirectory)
              .toList();
      if (all.isEmpty()) {
        throw new IllegalArgumentException("no scenario in " + folder);
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
  }

  /**
   * Throws if {@code folder} has a scenario or is none, so that a tester's edits are never
   * overwritten.
   */
  static void refuseToOverwrite(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IllegalArgumentException(folder + " is no folder");
    }
    if (Files.exists(folder.resolve("mappings")) || isScenario(folder)) {
      throw new IllegalArgumentException(folder + " has a scenario already");
    }
  }

  private static boolean isScenario(Path folder) {
    return Files.isDirectory(folder.resolve("mappings"))
        || Files.isRegularFile(folder.resolve("scenario.json"));
  }
}
