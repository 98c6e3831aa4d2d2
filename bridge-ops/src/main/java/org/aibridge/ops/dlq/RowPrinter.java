package org.aibridge.ops.dlq;

import java.io.PrintWriter;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.text.Csv;
import org.aibridge.ops.text.Format;
import org.aibridge.ops.text.Table;

/** Prints rows of letters in the chosen format. */
final class RowPrinter {
  private final Format.Kind kind;
  private final PrintWriter out;
  private final Table table;
  private final Csv csv;
  private boolean any;

  RowPrinter(Surroundings surroundings, Format.Kind kind) {
    this.kind = kind;
    this.out = surroundings.out();
    this.table = kind == Format.Kind.table ? new Table(surroundings, LetterRow.HEADS) : null;
    this.csv = kind == Format.Kind.csv ? new Csv(out) : null;
    if (csv != null) {
      LetterRow.csvHead(csv);
    }
  }

  void print(LetterRow row) {
    switch (kind) {
      case table -> table.row(row.cells());
      case csv -> row.csv(csv);
      case jsonl -> out.println(row.json());
      case json -> out.print((any ? ",\n" : "[") + row.json());
    }
    any = true;
  }

  /** Prints the end of the output, for example the last bracket of JSON. */
  void end() {
    if (kind == Format.Kind.json) {
      out.println(any ? "]" : "[]");
    } else if (kind == Format.Kind.table && any) {
      table.end();
    }
    out.flush();
  }
}
