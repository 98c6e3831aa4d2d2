package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One run of an experiment: its seed, its folder, and its outcome.
 *
 * <p>The folder of a failed round is kept, with {@code round.properties} for running the round
 * again; the folder of a good round is deleted. For one thread.
 */
public final class Round {
  private static final String FILE = "round.properties";

  private final String experiment;
  private final int number;
  private final long seed;
  private final int events;
  private final Path folder;
  private final SplittableRandom random;
  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * Makes an empty folder for a round.
   *
   * @param number the round's number, from 1
   * @param parent the folder in which the round gets a folder of its own
   */
  public Round(String experiment, int number, long seed, int events, Path parent) {
    this.experiment = experiment;
    this.number = number;
    this.seed = seed;
    this.events = events;
    this.folder = parent.resolve("%s-%d-%d".formatted(experiment, number, seed)).toAbsolutePath();
    this.random = new SplittableRandom(seed);
    clear();
    describe();
  }

  /** Returns the round whose folder was kept, so that it can run again in {@code parent}. */
  public static Round replay(Path kept, Path parent) throws IOException {
    Properties p = new Properties();
    try (var in = Files.newBufferedReader(kept.resolve(FILE))) {
      p.load(in);
    }
    return new Round(
        p.getProperty("experiment"),
        Integer.parseInt(p.getProperty("number")),
        Long.parseLong(p.getProperty("seed")),
        Integer.parseInt(p.getProperty("events")),
        parent);
  }

  public String experiment() {
    return experiment;
  }

  public int number() {
    return number;
  }

  public long seed() {
    return seed;
  }

  /** Returns the number of events in the round. */
  public int events() {
    return events;
  }

  public Path folder() {
    return folder;
  }

  /** Returns the round's random numbers, which are the same for the same seed. */
  public SplittableRandom random() {
    return random;
  }

  /** Starts a service that writes its commits into this round's folder. */
  public ScriptedService service() {
    return new ScriptedService(folder.resolve("commits.log"), 0);
  }

  /** Records a figure; if it is recorded several times, the largest value counts. */
  public void figure(String name, double value) {
    figures.merge(name, value, Math::max);
  }

  /** Adds {@code value} to a figure. */
  public void add(String name, double value) {
    figures.merge(name, value, Double::sum);
  }

  /** Fails the round with {@code reason} if {@code holds} is false. */
  public void require(boolean holds, String reason) {
    if (!holds) {
      failures.add(reason);
    }
  }

  /** Fails the round if the findings show a violation. */
  public void require(Oracle.Findings findings) {
    require(findings.isClean(), findings.text());
    add("accepted", findings.accepted());
    add("missing", findings.missing().size());
    add("batches taken again", findings.repeated());
    add("violations", findings.violations().size());
  }

  /** Notes a start; fails the round if the bridge is off or not ready within {@code maxMillis}. */
  public void require(FaultHost.Ready ready, long maxMillis) {
    figure("start to ready, ms", ready.millis());
    figure("CPU time to ready, ms", ready.cpuMillis());
    figure("start of the bridge alone, ms", ready.bridgeMillis());
    require(!ready.state().equals("OFF"), "the bridge is off: " + ready.problem());
    require(
        ready.millis() <= maxMillis,
        "ready after %d ms, of which it had the CPU for %d ms"
            .formatted(ready.millis(), ready.cpuMillis()));
  }

  /** Fails the round if a JVM has crashed. */
  public void requireNoCrash(FaultHost host) {
    require(host.crashReports().isEmpty(), "crash reports: " + host.crashReports());
  }

  public Map<String, Double> figures() {
    return Map.copyOf(figures);
  }

  /** Returns the names of the figures in the order in which they were first recorded. */
  public List<String> figureNames() {
    return List.copyOf(figures.keySet());
  }

  public List<String> failures() {
    return List.copyOf(failures);
  }

  public boolean failed() {
    return !failures.isEmpty();
  }

  /** Ends the round; if it failed, keeps its folder with the reasons. */
  public void end() {
    try {
      Files.deleteIfExists(HostConfig.ringFor(folder));
      if (failed()) {
        Files.write(folder.resolve("failures.txt"), failures);
      } else {
        clear();
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void describe() {
    Properties p = new Properties();
    p.setProperty("experiment", experiment);
    p.setProperty("number", Integer.toString(number));
    p.setProperty("seed", Long.toString(seed));
    p.setProperty("events", Integer.toString(events));
    try (var out = Files.newBufferedWriter(folder.resolve(FILE))) {
      p.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void clear() {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          if (!file.equals(folder)) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
