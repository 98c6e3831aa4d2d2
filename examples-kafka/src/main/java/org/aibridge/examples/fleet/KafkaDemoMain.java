package org.aibridge.examples.fleet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.aibridge.examples.demo.DemoFailure;
import org.aibridge.examples.demo.DurationText;
import org.aibridge.examples.demo.RunFolder;
import org.aibridge.examples.demo.Screen;
import org.aibridge.examples.demo.ShippedFiles;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line of {@code ai-bridge demo --kafka}, in a clone of the source alone.
 *
 * <p>Exit status 0 when every sum holds, 1 when one does not or the run failed, 2 for bad usage.
 */
@Command(
    name = "ai-bridge demo --kafka",
    sortOptions = false,
    description = {
      "Runs a broker of Kafka, three map-servers and two AI workers, kills the broker and a",
      "worker half-way, brings both back, and compares what was published with what is on the",
      "topics, and what was decided with what was applied."
    })
public final class KafkaDemoMain implements Callable<Integer> {
  private static final int MOST_PLAYERS = 10_000;

  @Option(names = "--kafka", hidden = true, description = "What has led here.")
  private boolean kafka;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      paramLabel = "N",
      description = "How long the players play (default ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--players",
      defaultValue = "150",
      paramLabel = "N",
      description = "How many a map-server has (default ${DEFAULT-VALUE}).")
  private int players;

  @Option(
      names = "--outage",
      defaultValue = "5s",
      paramLabel = "TIME",
      converter = DurationText.class,
      description =
          "How long the broker and a worker are away, such as 5s; 0 for not at all"
              + " (default ${DEFAULT-VALUE}).")
  private Duration outage;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Makes the worlds the same again (default: a random one, printed).")
  private Long seed;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "An empty folder for everything of the run, kept afterwards (default: a"
              + " temporary one, kept only when the run fails).")
  private Path data;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this text.")
  private boolean help;

  @Spec private CommandSpec spec;

  private KafkaDemoMain() {}

  /** Runs the demo and ends the process with its exit status. */
  public static void main(String... arguments) {
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    return new CommandLine(new KafkaDemoMain()).execute(arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1 || players < 1 || players > MOST_PLAYERS) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must be 1 or more, --players 1 to " + MOST_PLAYERS);
    }
    Screen screen = Screen.of(System.out, true, System.getenv());
    try {
      RunFolder folder = RunFolder.open(data);
      sendLogsTo(folder.log());
      boolean ok = run(folder, screen);
      if (ok && folder.isTemporary()) {
        folder.delete();
      } else {
        screen.line("  Kept: " + folder.path() + " (logs, configurations, topics, journals)");
      }
      return ok ? 0 : 1;
    } catch (DemoFailure e) {
      screen.bad(e.getMessage());
      return 1;
    }
  }

  private boolean run(RunFolder folder, Screen screen)
      throws IOException, DemoFailure, InterruptedException {
    long chosen = seed != null ? seed : new SplittableRandom().nextInt(1, Integer.MAX_VALUE);
    screen.line(
        "3 map-servers with %d players each play for %d s (seed %d)."
            .formatted(players, seconds, chosen));
    screen.faint("Logs, kept if the run fails or --data is given: " + folder.path());
    List<String> conf = ShippedFiles.ofProcess().configuration().text().lines().toList();
    KafkaDemo demo = new KafkaDemo(seconds, players, outage, chosen, conf, folder, screen);
    Runtime.getRuntime().addShutdownHook(new Thread(demo::kill, "demo interrupt"));
    return demo.run();
  }

  /** Sends log lines to {@code file}. Works only before the first logger is created. */
  private static void sendLogsTo(Path file) {
    System.setProperty("org.slf4j.simpleLogger.logFile", file.toString());
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
  }
}
