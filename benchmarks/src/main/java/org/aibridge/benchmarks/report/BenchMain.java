package org.aibridge.benchmarks.report;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;

/**
 * The command {@code ai-bridge bench}: measures, and writes the page benchmarks.md.
 *
 * <p>Exits with 0 when the page is written, with 1 when a measurement failed, with 2 when the
 * command line is wrong.
 */
public final class BenchMain {
  private static final List<String> PARTS = List.of("ticks", "sizes", "calls", "peers", "flow");
  private static final String HELP =
      """
      Usage: ai-bridge bench [options]
      Measures what the bridge costs, beside what else there is, and writes benchmarks.md.

        --quick        about six minutes; the whole suite takes about four hours
        --only PART    ticks, sizes, calls, peers or flow; the page keeps its other parts
        --minutes N    of ticks in every state of the AI service and every siege, 1 to 600 (10; with
                       --quick seconds)
        --out DIR      the folder of benchmarks.md (docs)
        --help         this text
      """;

  private final PrintStream out;
  private final Path home;
  private Effort effort = Effort.FULL;
  private String only = "";
  private Path folder;
  private int minutes;
  private boolean help;

  private BenchMain(PrintStream out, Path home) {
    this.out = out;
    this.home = home;
    this.folder = home.resolve("docs");
  }

  /** Runs the command line {@code args} and ends this process. */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    Path home = Path.of(System.getProperty("aibridge.home", ""));
    System.exit(new BenchMain(System.out, home).run(args));
  }

  private int run(String... args) {
    try {
      read(args);
    } catch (IllegalArgumentException e) {
      System.err.println("ai-bridge bench: " + e.getMessage());
      System.err.print(HELP);
      return 2;
    }
    if (help) {
      out.print(HELP);
      return 0;
    }
    try {
      measure(String.join(" ", args));
      return 0;
    } catch (Exception e) {
      System.err.println("ai-bridge bench: " + e);
      e.printStackTrace();
      return 1;
    }
  }

  private void measure(String args) throws Exception {
    Progress progress = new Progress(out);
    Page page = new Page(folder);
    page.line("# Benchmarks");
    page.line("");
    page.line(
        "Written by `./ai-bridge bench`; run it again rather than believe it. Ratios within a");
    page.line("part mean more than figures; each part says how and where it was measured.");
    for (String part : PARTS) {
      if (wants(part)) {
        page.begin(part);
        String load = Machine.load();
        Progress own = new Progress(out);
        measure(part, page, progress);
        measured(page, args, load, own.elapsed());
        page.end(part);
      } else {
        page.keep(part);
      }
    }
    page.write();
    progress.say("written: %s", folder.resolve("benchmarks.md"));
  }

  private void measure(String part, Page page, Progress progress) throws Exception {
    switch (part) {
      case "ticks" -> new TickSection(effort, progress).write(page);
      case "sizes" -> new SizeSection(effort, progress).write(page);
      case "calls" -> new CallerSection(effort, progress).write(page);
      case "peers" -> new PeerSection(effort, progress).write(page);
      case "flow" -> new FlowSection(effort, progress).write(page);
      default -> throw new IllegalArgumentException(part);
    }
  }

  private void measured(Page page, String args, String load, String elapsed) {
    page.line("");
    page.line(
        "*Measured by* `%s` *in %s on %s; load over the last minute %s at the beginning, %s at",
        ("./ai-bridge bench " + args).strip(), elapsed, Machine.describe(), load, Machine.load());
    page.line(
        "the end (above the number of processors, figures are noisy); commit %s, %s.*",
        Machine.commit(home), LocalDate.now(ZoneOffset.UTC));
  }

  private boolean wants(String part) {
    return only.isEmpty() || only.equals(part);
  }

  private void read(String[] args) {
    for (Iterator<String> left = List.of(args).iterator(); left.hasNext(); ) {
      String option = left.next();
      switch (option) {
        case "--quick" -> effort = Effort.QUICK;
        case "--only" -> only = part(value(option, left));
        case "--minutes" -> minutes = minutes(value(option, left));
        case "--out" -> folder = Path.of(value(option, left));
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    effort = minutes == 0 ? effort : effort.minutes(minutes);
  }

  private static int minutes(String text) {
    if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > 600) {
      throw new IllegalArgumentException("--minutes is a number from 1 to 600, not " + text);
    }
    return Integer.parseInt(text);
  }

  private static String part(String name) {
    if (!PARTS.contains(name)) {
      throw new IllegalArgumentException("unknown part " + name);
    }
    return name;
  }

  private static String value(String option, Iterator<String> left) {
    if (!left.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return left.next();
  }
}
