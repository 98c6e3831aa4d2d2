package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Builds the Markdown page of the results, with its pictures in a folder beside it.
 *
 * <p>The page has parts, each between two comments with its name. A part that is not measured anew
 * stays as it was on the existing page.
 */
final class Page {
  private static final String PICTURES = "benchmarks";
  private static final String NAME = "benchmarks.md";

  private final Path folder;
  private final StringBuilder text = new StringBuilder();

  /** Starts an empty page in {@code folder}; creates the folder if it does not exist. */
  Page(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve(PICTURES));
  }

  /** Begins the part {@code name}. */
  Page begin(String name) {
    text.append(first(name));
    return this;
  }

  /** Ends the part {@code name}. */
  Page end(String name) {
    text.append(last(name));
    return this;
  }

  /** Copies the part {@code name} from the page on disk, if that page has the part. */
  Page keep(String name) throws IOException {
    Path file = folder.resolve(NAME);
    String there = Files.exists(file) ? Files.readString(file) : "";
    int from = there.indexOf(first(name));
    int to = there.indexOf(last(name));
    if (from >= 0 && to > from) {
      text.append(there, from, to).append(last(name));
    }
    return this;
  }

  private static String first(String name) {
    return "\n<!-- " + name + " -->\n";
  }

  private static String last(String name) {
    return "\n<!-- end of " + name + " -->\n";
  }

  Page heading(String title) {
    text.append("\n## ").append(title).append("\n\n");
    return this;
  }

  Page line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  Page table(List<String> head, List<List<String>> rows) {
    text.append('\n').append(row(head));
    text.append(row(head.stream().map(name -> "---").toList()));
    rows.forEach(cells -> text.append(row(cells)));
    text.append('\n');
    return this;
  }

  private static String row(List<String> cells) {
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** Adds a picture to the page, and returns the file in which the caller must save it. */
  Path picture(String name, String title) {
    text.append("\n![").append(title).append("](").append(PICTURES).append('/').append(name);
    text.append(".svg)\n");
    return folder.resolve(PICTURES).resolve(name + ".svg");
  }

  void write() throws IOException {
    Files.writeString(folder.resolve(NAME), text);
  }

  static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    String format = Math.abs(value) < 10 ? "%.2f" : Math.abs(value) < 100 ? "%.1f" : "%,.0f";
    return String.format(Locale.ROOT, format, value);
  }

  /** True if, of {@code samples} values, at least one lies above the percentile {@code rank}. */
  static boolean has(double rank, long samples) {
    return samples * (100 - rank) >= 100;
  }

  /** Formats nanoseconds as microseconds. */
  static String micros(double nanos) {
    return number(nanos / 1e3);
  }

  /** Formats nanoseconds as milliseconds. */
  static String millis(double nanos) {
    return number(nanos / 1e6);
  }
}
