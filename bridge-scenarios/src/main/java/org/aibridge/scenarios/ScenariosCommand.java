package org.aibridge.scenarios;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.examples.demo.DemoFailure;
import org.aibridge.examples.demo.NativeProgram;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import org.aibridge.testkit.AiServiceMain;
import org.aibridge.testkit.AiServiceScenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code ai-bridge service scenarios}: plays scenarios and writes a report. */
@Command(
    name = "scenarios",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Plays scenarios against a map-server with the bridge in it, and writes a report.",
      "Without arguments all that come with the testkit, else those named or in a folder."
    })
final class ScenariosCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME|DIR",
      description =
          "A built-in scenario, a folder of one, or a folder of several (default: all built-in"
              + " ones).")
  private List<String> scenarios = List.of();

  @Option(names = "--list", description = "Lists the built-in scenarios, and ends.")
  private boolean list;

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
      names = "--native",
      description =
          "Takes the map-server in C++ (bridge-native) with its companion in place of the built-in"
              + " one; for a clone of the source with a C++ compiler.")
  private boolean isNative;

  @Option(
      names = "--service",
      paramLabel = "URL",
      description =
          "Plays each incident once more against this AI service, which shall have mended what the"
              + " incident's did; the report has the ends side by side.")
  private URI service;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many run side by side, 1 to 32 (default ${DEFAULT-VALUE}).")
  private int parallel;

  private static final String CHECKED_URL = "http://127.0.0.1:1";

  private final Surroundings surroundings;

  /** The map-server in C++; null if it is not asked for, or cannot be had. */
  private NativeProgram program;

  private String notNative = "";

  ScenariosCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (list) {
      surroundings.out().print(AiServiceMain.list());
      return ExitCodes.DONE;
    }
    checkArguments();
    boolean made = report == null || !Files.exists(report);
    Path folder =
        report != null ? Files.createDirectories(report) : Files.createTempDirectory("scenarios");
    Logs.sendTo(folder.resolve("scenarios.log"));
    List<Play> plays;
    try {
      plays = plays();
    } catch (RuntimeException | IOException e) {
      if (made) {
        Logs.sendToNoFile();
        RunFolder.delete(folder);
      }
      throw e;
    }
    long startNanos = System.nanoTime();
    if (isNative) {
      compile(Files.createDirectories(folder.resolve("native")));
    }
    List<Outcome> outcomes = playAll(plays);
    long tookMs = (System.nanoTime() - startNanos) / 1_000_000;
    ProgressTable table = new ProgressTable(surroundings, plays.size());
    table.summary(outcomes, tookMs);
    Files.writeString(folder.resolve("report.html"), HtmlReport.of("Scenarios", outcomes, tookMs));
    Files.writeString(folder.resolve("junit.xml"), JUnitReport.of(outcomes, tookMs));
    surroundings.out().println("Report: " + folder.resolve("report.html"));
    return outcomes.stream().allMatch(Outcome::ok) ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private void checkArguments() {
    if (parallel < 1 || parallel > 32) {
      throw new IllegalArgumentException("--parallel must be 1 to 32, was " + parallel);
    }
    if (conf != null && serverConf != null) {
      throw new IllegalArgumentException(
          "--conf is for the built-in map-server, --server-conf for yours");
    }
    if (service != null && serverConf != null) {
      throw new IllegalArgumentException("--service is not for a map-server of yours");
    }
    if (isNative && (conf != null || serverConf != null || service != null)) {
      throw new IllegalArgumentException(
          "--native goes with none of --conf, --server-conf and --service");
    }
    if (service != null && !service.toString().matches("https?://[^/?#]+/?")) {
      throw new IllegalArgumentException("--service must be http://HOST:PORT, was " + service);
    }
    if (conf != null && !Files.isReadable(conf)) {
      throw new IllegalArgumentException("--conf: " + conf + " cannot be read");
    }
    if (report != null && Files.exists(report) && !Files.isDirectory(report)) {
      throw new IllegalArgumentException("--report must be a folder, but " + report + " is none");
    }
  }

  /** Reads all that is to be played, and so finds each mistake in a file before anything runs. */
  private List<Play> plays() throws IOException {
    List<Play> plays = new ArrayList<>();
    for (AiServiceScenario scenario : ChosenScenarios.of(scenarios)) {
      plays.add(new Play(scenario.name(), scenario, new ScenarioPlayer(scenario)));
      if (service != null) {
        String name = scenario.name() + " at " + service;
        plays.add(new Play(name, scenario, new ScenarioPlayer(scenario, service)));
      }
    }
    if (conf != null) {
      try {
        ConfigReader.read(new ConfigSource(conf, QuickKeys.own("check", CHECKED_URL, conf)));
      } catch (ConfigException e) {
        throw new IllegalArgumentException("--conf: " + e.getMessage(), e);
      }
      plays.forEach(play -> play.player.requireUsable(conf));
    }
    if (serverConf != null) {
      new OutsideServer(surroundings, serverConf); // reports a wrong configuration only once
    }
    return plays;
  }

  /** One run of a scenario; its player has already checked the scenario's file for mistakes. */
  private record Play(String name, AiServiceScenario scenario, ScenarioPlayer player) {}

  private List<Outcome> playAll(List<Play> plays) throws InterruptedException {
    ProgressTable table = new ProgressTable(surroundings, plays.size());
    table.header();
    ExecutorService threads =
        Executors.newFixedThreadPool(serverConf != null ? 1 : Math.min(parallel, plays.size()));
    try {
      List<Future<Outcome>> futures = new ArrayList<>();
      for (Play play : plays) {
        futures.add(threads.submit(() -> play(play, table)));
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

  private void compile(Path folder) throws IOException, InterruptedException {
    try {
      Path home = Path.of(System.getProperty("aibridge.home", "")).toAbsolutePath();
      program = NativeProgram.compile(home, folder);
    } catch (DemoFailure e) {
      Path said = folder.resolve("compiler.log");
      if (Files.exists(said) && Files.size(said) > 0) {
        throw new IOException(e.getMessage() + "\n" + Files.readString(said), e);
      }
      notNative = e.getMessage(); // Without sources or a compiler there is nothing to judge.
    }
  }

  private Outcome play(Play play, ProgressTable table) {
    Outcome outcome;
    String hindrance = hindrance(play.player());
    if (!hindrance.isEmpty()) {
      outcome = Outcome.skipped(play.name(), play.scenario(), hindrance);
      table.ended(outcome);
      return outcome;
    }
    table.begins(play.name());
    try (RunFolder folder = RunFolder.make(play.scenario().name())) {
      Played played =
          serverConf != null
              ? play.player().play(new OutsideServer(surroundings, serverConf))
              : isNative
                  ? play.player().play(folder.path(), program, surroundings)
                  : play.player().play(folder.path(), conf);
      outcome =
          new Outcome(
              play.name(),
              play.scenario(),
              played,
              play.player().judge(played),
              play.player().notes());
    } catch (Exception e) {
      outcome = Outcome.broken(play.name(), play.scenario(), e);
    }
    table.ended(outcome);
    return outcome;
  }

  /** Why it cannot be played here; empty if it can. */
  private String hindrance(ScenarioPlayer player) {
    return serverConf == null || player.isForHttp()
        ? notNative
        : "a server of yours has no https here: try it without --server-conf";
  }
}
