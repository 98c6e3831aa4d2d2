package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/**
 * The command {@code ai-bridge bench}: measures, and writes a page about it.
 *
 * <p>Exits with 0 when the page is written, 1 when something could not be measured, 2 when it was
 * called wrongly.
 */
public final class BenchMain {
  private static final List<String> PARTS = List.of("calls", "peers", "ticks", "flow");
  private static final String HELP =
      """
      Usage: ai-bridge bench [options]
      Measures what the bridge costs, beside what else there is, and writes benchmarks.md.

        --quick        about five minutes; the whole suite takes some hours
        --only PART    calls, peers, ticks or flow
        --out DIR      the folder of benchmarks.md (docs)
        --help         this text
      """;

  private final PrintStream out;
  private final Path home;
  private Effort effort = Effort.FULL;
  private String only = "";
  private Path folder;
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
    String load = Machine.load();
    Page page = new Page(folder);
    page.line("# Benchmarks");
    page.line("");
    page.line("Written by `%s`; run it again rather than", ("./ai-bridge bench " + args).strip());
    page.line("believe it. Ratios within a run mean more than figures.");
    sections(page, progress);
    page.heading("Where this was measured");
    page.line("%s.", Machine.describe());
    page.line(
        "Load over the last minute: %s at the beginning, %s at the end; figures of a machine",
        load, Machine.load());
    page.line("with a load above its number of processors are noisy.");
    page.line(
        "Commit %s, %s, %s.",
        Machine.commit(home), LocalDate.now(ZoneOffset.UTC), progress.elapsed());
    page.write();
    progress.say("written: %s", folder.resolve("benchmarks.md"));
  }

  private void sections(Page page, Progress progress) throws Exception {
    if (wants("ticks")) {
      new TickSection(effort, progress).write(page);
    }
    if (wants("calls")) {
      calls(page, progress);
    }
    if (wants("peers")) {
      peers(page, progress);
    }
    if (wants("flow")) {
      new FlowSection(effort, progress).write(page);
    }
  }

  private void calls(Page page, Progress progress) throws RunnerException {
    new CallerSection(effort, progress).write(page);
  }

  private void peers(Page page, Progress progress) throws RunnerException, IOException {
    new PeerSection(effort, progress).write(page);
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
        case "--out" -> folder = Path.of(value(option, left));
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
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
