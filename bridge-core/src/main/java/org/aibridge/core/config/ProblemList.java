package org.aibridge.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Collects the problems of a file while the rest of it is still being read. */
final class ProblemList {
  private final List<ConfigProblem> errors = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  void error(Path file, int line, String key, String given, String allowed, String message) {
    errors.add(new ConfigProblem(file, line, key, given, allowed, message));
  }

  void warn(Path file, int line, String text) {
    warnings.add(Printable.place(file, line) + ": " + text);
  }

  /** Warns if a secret seems to be cut off at a comment marker that belongs to the secret. */
  void warnOfCut(Path file, int line, String label, ConfigKey key, String rest)
      throws InvalidValue {
    if (key != null && key.type() == ConfigKey.Type.SECRET && LineSyntax.mayBeCut(rest)) {
      warn(
          file,
          line,
          label + " ends before a comment; if that is part of it, put the whole in quotes");
    }
  }

  /** Throws if there are errors, and lists them file by file, in the order of the lines. */
  void throwIfAny() {
    if (errors.isEmpty()) {
      return;
    }
    List<Path> files = errors.stream().map(ConfigProblem::file).distinct().toList();
    errors.sort(
        Comparator.comparingInt((ConfigProblem p) -> files.indexOf(p.file()))
            .thenComparingInt(p -> p.line() == 0 ? Integer.MAX_VALUE : p.line()));
    throw new ConfigException(errors, warnings);
  }

  /** Returns the errors and the warnings as sentences. */
  List<String> all() {
    return Stream.concat(errors.stream().map(ConfigProblem::toString), warnings.stream()).toList();
  }

  List<String> warnings() {
    return warnings;
  }
}
