package org.aibridge.scenarios;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.aibridge.core.store.SharedMemory;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import org.aibridge.testkit.AiServiceScenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code ai-bridge service scenarios}. */
@Command(
    name = "scenarios",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Plays scenarios against a map-server with the bridge in it: all that come with",
      "the testkit, or those named, or those in a folder. Exit status 0 when all went",
      "as their files expect, 1 when one did not, 2 for bad usage."
    })
final class ScenariosCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME|DIR",
      description =
          "A built-in scenario, a folder of one, or a folder of several (default: all built-in"
              + " ones).")
  private List<String> scenarios = List.of();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Where report.html, junit.xml and the log go (default: a temporary folder).")
  private Path report;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description =
          "A configuration whose keys the bridge runs with, but for those that make a run quick.")
  private Path conf;

  @Option(
      names = "--server-conf",
      paramLabel = "FILE",
      description =
          "The configuration of a map-server of yours that runs, in place of the built-in one; the"
              + " scenarios stand where its base_url points, one after the other.")
  private Path serverConf;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many run side by side, 1 to 32 (default ${DEFAULT-VALUE}).")
  private int parallel;

  private final Surroundings surroundings;

  ScenariosCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (parallel < 1 || parallel > 32) {
      throw new IllegalArgumentException("--parallel must be 1 to 32, was " + parallel);
    }
    if (conf != null && serverConf != null) {
      throw new IllegalArgumentException(
          "--conf is for the built-in map-server, --server-conf for yours");
    }
    if (conf != null && !Files.isReadable(conf)) {
      throw new IllegalArgumentException("--conf: " + conf + " cannot be read");
    }
    Path folder =
        report != null ? Files.createDirectories(report) : Files.createTempDirectory("scenarios");
    Logs.sendTo(folder.resolve("scenarios.log"));
    List<AiServiceScenario> chosen = ChosenScenarios.of(scenarios);
    chosen.forEach(ScenarioPlayer::new); // finds mistakes in their files before anything runs
    if (serverConf != null) {
      new OutsideServer(surroundings, serverConf); // reports a wrong configuration only once
    }
    long startNanos = System.nanoTime();
    List<Outcome> outcomes = playAll(chosen);
    long tookMs = (System.nanoTime() - startNanos) / 1_000_000;
    ProgressTable table = new ProgressTable(surroundings, chosen.size());
    table.summary(outcomes, tookMs);
    Files.writeString(folder.resolve("report.html"), HtmlReport.of("Scenarios", outcomes, tookMs));
    Files.writeString(folder.resolve("junit.xml"), JUnitReport.of(outcomes, tookMs));
    surroundings.out().println("Report: " + folder.resolve("report.html"));
    return outcomes.stream().allMatch(Outcome::ok) ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private List<Outcome> playAll(List<AiServiceScenario> chosen) throws InterruptedException {
    ProgressTable table = new ProgressTable(surroundings, chosen.size());
    table.header();
    ExecutorService threads =
        Executors.newFixedThreadPool(serverConf != null ? 1 : Math.min(parallel, chosen.size()));
    try {
      List<Future<Outcome>> futures = new ArrayList<>();
      for (AiServiceScenario scenario : chosen) {
        futures.add(threads.submit(() -> play(scenario, table)));
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> future : futures) {
        outcomes.add(future.get());
      }
      return outcomes;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private Outcome play(AiServiceScenario scenario, ProgressTable table) throws IOException {
    table.begins(scenario.name());
    Path folder = Files.createTempDirectory("scenario-" + scenario.name());
    Outcome outcome;
    try {
      ScenarioPlayer player = new ScenarioPlayer(scenario);
      Played played =
          serverConf == null
              ? player.play(folder, conf)
              : player.play(new OutsideServer(surroundings, serverConf));
      outcome = Outcome.of(scenario, played);
    } catch (Exception e) {
      outcome = Outcome.broken(scenario, e);
    } finally {
      Optional<Path> memory = SharedMemory.noted(folder.resolve("journal"));
      if (memory.isPresent()) {
        delete(memory.get()); // its note is deleted with the journal
      }
      delete(folder);
    }
    table.ended(outcome);
    return outcome;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
