package org.aibridge.ops.text;

import org.aibridge.ops.Surroundings;
import picocli.CommandLine.Option;

/** The option that chooses the output format. */
public final class Format {
  /** The output formats. */
  public enum Kind {
    table,
    json,
    jsonl,
    csv
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "${COMPLETION-CANDIDATES}; without it a table on a terminal and JSON elsewhere.")
  private Kind kind;

  /** Chooses a format by name; false if the name is unknown or a format was already chosen. */
  public boolean take(String name) {
    if (kind == null) {
      for (Kind one : Kind.values()) {
        if (one.name().equals(name)) {
          kind = one;
          return true;
        }
      }
    }
    return false;
  }

  /** The chosen format; by default, a table on a terminal and {@code elsewhere} otherwise. */
  public Kind kind(Surroundings surroundings, Kind elsewhere) {
    if (kind != null) {
      return kind;
    }
    return surroundings.terminal().out() ? Kind.table : elsewhere;
  }
}
