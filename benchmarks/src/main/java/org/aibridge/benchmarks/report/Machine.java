package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.aibridge.benchmarks.Meters;

/** Describes the machine, its load and the commit for a report of measurements. */
final class Machine {
  private Machine() {}

  static String describe() {
    Runtime runtime = Runtime.getRuntime();
    return String.format(
        Locale.ROOT,
        "%s, %d processors, %s %s, Java %s (%s)",
        processor(),
        runtime.availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("java.version"),
        System.getProperty("java.vm.name"));
  }

  /** Returns the last minute's load average; above the processor count, figures are unreliable. */
  static String load() {
    double load = Meters.load();
    return load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load);
  }

  /** Returns the commit in {@code home}, with a note if source files have uncommitted changes. */
  static String commit(Path home) {
    String commit = git(home, "rev-parse", "--short", "HEAD");
    if (commit.isEmpty()) {
      return "unknown";
    }
    boolean changed = !git(home, "status", "--porcelain", "--", "*.java", "*pom.xml").isEmpty();
    return changed ? commit + " with changes" : commit;
  }

  private static String processor() {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return System.getProperty("os.arch");
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String git(Path home, String... arguments) {
    String[] command = new String[arguments.length + 3];
    command[0] = "git";
    command[1] = "-C";
    command[2] = home.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    try {
      Process process = new ProcessBuilder(command).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean good = process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
      return good ? said.strip() : "";
    } catch (IOException e) {
      return ""; // Git is not installed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
