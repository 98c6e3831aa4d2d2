package org.aibridge.ops.text;

import java.io.PrintWriter;

/** Lines of RFC 4180, with cells that a spreadsheet would take for a formula made harmless. */
public final class Csv {
  private final PrintWriter out;

  public Csv(PrintWriter out) {
    this.out = out;
  }

  public void row(Object... cells) {
    StringBuilder line = new StringBuilder();
    for (Object cell : cells) {
      line.append(line.length() == 0 ? "" : ",").append(cell(String.valueOf(cell)));
    }
    out.print(line.append("\r\n"));
  }

  private static String cell(String text) {
    String safe = !text.isEmpty() && "=+-@\t".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
