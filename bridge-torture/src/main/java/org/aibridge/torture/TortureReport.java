package org.aibridge.torture;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a run as a table for people and as JSON.
 *
 * @param command the command line that made the report
 * @param seed the run's seed
 * @param machine facts of the machine: name and value
 * @param experiments the result of each experiment
 */
public record TortureReport(
    String command, long seed, Map<String, String> machine, List<Result> experiments) {

  /**
   * What came of an experiment.
   *
   * @param name its name
   * @param promise what must hold
   * @param rounds how many rounds ran
   * @param failed how many of them failed
   * @param events how many events a round was about
   * @param seconds how long all of it took
   * @param figures each figure over all rounds
   * @param failures why rounds failed, with their folders
   */
  public record Result(
      String name,
      String promise,
      int rounds,
      int failed,
      int events,
      double seconds,
      Map<String, Spread> figures,
      List<String> failures) {}

  /** One figure's values over all rounds. */
  public record Spread(double min, double median, double max, double sum) {
    static Spread of(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      return new Spread(
          sorted.get(0),
          sorted.get(sorted.size() / 2),
          sorted.get(sorted.size() - 1),
          values.stream().mapToDouble(Double::doubleValue).sum());
    }
  }

  public boolean failed() {
    return experiments.stream().anyMatch(result -> result.failed() > 0);
  }

  /** Returns this machine's cores, memory, system and Java. */
  static Map<String, String> thisMachine() {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("memory", memory());
    machine.put(
        "system", property("os.name") + " " + property("os.version") + " " + property("os.arch"));
    machine.put("Java", property("java.vm.name") + " " + property("java.runtime.version"));
    machine.put("load, last minute", "%.1f".formatted(load()));
    machine.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return machine;
  }

  static Result result(Experiment experiment, int events, double seconds, List<Round> rounds) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    List<String> failures = new ArrayList<>();
    for (Round round : rounds) {
      for (String name : round.figureNames()) {
        values.computeIfAbsent(name, n -> new ArrayList<>()).add(round.figures().get(name));
      }
      round.failures().forEach(f -> failures.add(round.folder().getFileName() + ": " + f));
    }
    Map<String, Spread> figures = new LinkedHashMap<>();
    values.forEach((name, all) -> figures.put(name, Spread.of(all)));
    return new Result(
        experiment.name(),
        experiment.promise(),
        rounds.size(),
        (int) rounds.stream().filter(Round::failed).count(),
        events,
        seconds,
        figures,
        failures);
  }

  /** Returns the report in Markdown. */
  public String markdown() {
    StringBuilder text = new StringBuilder("# Torture\n\n");
    text.append("`").append(command).append("`, seed ").append(seed).append("\n\n");
    text.append("| machine | |\n|---|---|\n");
    machine.forEach((name, value) -> text.append("| %s | %s |\n".formatted(name, value)));
    for (Result result : experiments) {
      text.append("\n## ").append(result.name()).append("\n\n");
      text.append(result.promise()).append(".\n\n");
      text.append(
          "%d of %d rounds good, %,d events a round, %.0f s in all.\n\n"
              .formatted(
                  result.rounds() - result.failed(),
                  result.rounds(),
                  result.events(),
                  result.seconds()));
      text.append(
          "| figure, by round | min | median | max | all rounds |\n|---|--:|--:|--:|--:|\n");
      result
          .figures()
          .forEach((name, s) -> text.append("| %s | %s |\n".formatted(name, cells(s, " | "))));
      result.failures().forEach(f -> text.append("\n- ").append(f.replace("\n", "; ")));
    }
    return text.toString();
  }

  /** Returns the table to print at the end of a run. */
  public String table() {
    StringBuilder text = new StringBuilder();
    for (Result result : experiments) {
      text.append(
          "%n%s: %d of %d rounds good%n"
              .formatted(result.name(), result.rounds() - result.failed(), result.rounds()));
      text.append("  %-28s %12s %12s %12s %14s%n".formatted("", "min", "median", "max", "all"));
      result
          .figures()
          .forEach(
              (name, s) ->
                  text.append(
                      "  %-28s %12s %12s %12s %14s%n"
                          .formatted(
                              name,
                              number(s.min()),
                              number(s.median()),
                              number(s.max()),
                              number(s.sum()))));
    }
    return text.toString();
  }

  /** Writes {@code torture.md} and {@code torture.json} into {@code folder}. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("torture.md"), markdown());
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(folder.resolve("torture.json").toFile(), this);
  }

  private static String cells(Spread s, String between) {
    return String.join(
        between, number(s.min()), number(s.median()), number(s.max()), number(s.sum()));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? "%,.0f".formatted(value) : "%,.1f".formatted(value);
  }

  private static String memory() {
    if (java.lang.management.ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      return (system.getTotalMemorySize() >> 20) + " MB";
    }
    return "unknown";
  }

  /** Returns the load of the machine, which may explain a slow start. */
  private static double load() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String property(String name) {
    return System.getProperty(name, "");
  }
}
