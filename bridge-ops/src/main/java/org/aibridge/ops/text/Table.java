package org.aibridge.ops.text;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.Surroundings;

/**
 * Prints rows in columns as wide as needed. Takes the widths from the first rows, so that a table
 * without end can be printed row by row.
 */
public final class Table {
  private static final int MEASURED_ROWS = 500;
  private static final int MAX_WIDTH = 100;

  private final PrintWriter out;
  private final PrintWriter controls;
  private final boolean color;
  private final String[] heads;
  private final boolean[] right;
  private final List<String[]> rows = new ArrayList<>();
  private int[] widths;

  /**
   * Creates a table with these heads; a head that begins with {@code >} aligns its column right.
   */
  public Table(Surroundings surroundings, String... heads) {
    this.out = surroundings.out();
    this.controls = surroundings.rawOut();
    this.color = surroundings.color();
    this.heads = new String[heads.length];
    this.right = new boolean[heads.length];
    for (int i = 0; i < heads.length; i++) {
      right[i] = heads[i].startsWith(">");
      this.heads[i] = right[i] ? heads[i].substring(1) : heads[i];
    }
  }

  public Table row(Object... cells) {
    String[] row = new String[heads.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = Shown.of(String.valueOf(cells[i]));
    }
    if (widths != null) {
      print(row);
    } else {
      rows.add(row);
      if (rows.size() == MEASURED_ROWS) {
        end();
      }
    }
    return this;
  }

  /** Prints the rows that have not been printed yet. */
  public void end() {
    if (widths == null) {
      widths = new int[heads.length];
      measure(heads);
      rows.forEach(this::measure);
      controls.print(color ? "\u001B[1m" : "");
      print(heads);
      controls.print(color ? "\u001B[0m" : "");
      rows.forEach(this::print);
      rows.clear();
    }
    out.flush();
  }

  private void measure(String[] row) {
    for (int i = 0; i < row.length; i++) {
      widths[i] = Math.max(widths[i], Math.min(MAX_WIDTH, row[i].length()));
    }
  }

  private void print(String[] row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      String pad = " ".repeat(Math.max(0, widths[i] - row[i].length()));
      line.append(right[i] ? pad + row[i] : row[i] + pad).append("  ");
    }
    out.println(line.toString().stripTrailing());
  }
}
