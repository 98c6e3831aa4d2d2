package org.aibridge.benchmarks.flow;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs one measurement in a separate JVM, which prints its results as {@code name=number}. */
final class ChildJvm {
  private static final long END_SECONDS = 20;

  private ChildJvm() {}

  /** Runs {@code main} and returns the numbers it printed. */
  static Map<String, Double> run(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-D") && !argument.startsWith("-Xm"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Map<String, Double> numbers = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          numbers.put(line.substring(0, equals), Double.parseDouble(line.substring(equals + 1)));
        }
      }
    }
    end(process, main);
    return numbers;
  }

  private static void end(Process process, Class<?> main) throws IOException {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(main.getSimpleName() + " does not end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    if (process.exitValue() != 0) {
      throw new IOException(main.getSimpleName() + " has ended with " + process.exitValue());
    }
  }

  /** Prints a number for {@link #run} to read. */
  static void say(String name, double value) {
    System.out.println(name + "=" + value);
  }
}
