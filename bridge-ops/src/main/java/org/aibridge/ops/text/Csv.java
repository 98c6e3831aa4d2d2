package org.aibridge.ops.text;

import java.io.PrintWriter;
import org.aibridge.core.text.Shown;

/**
 * Prints CSV lines (RFC 4180) for people: invisible characters are shown, and cells that a
 * spreadsheet would take for a formula are made harmless. Programs use JSON.
 */
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

  private static String cell(String given) {
    String text = Shown.of(given);
    String safe = !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    boolean plain = safe.indexOf(',') < 0 && safe.indexOf('"') < 0;
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
