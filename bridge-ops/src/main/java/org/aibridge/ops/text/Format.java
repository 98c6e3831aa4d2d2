package org.aibridge.ops.text;

import org.aibridge.ops.Surroundings;
import picocli.CommandLine.Option;

/** How the data is printed. */
public final class Format {
  /** The ways there are. */
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

  /** What was asked for; {@code elsewhere} if nothing was and nobody looks. */
  public Kind kind(Surroundings surroundings, Kind elsewhere) {
    if (kind != null) {
      return kind;
    }
    return surroundings.terminal().out() ? Kind.table : elsewhere;
  }
}
