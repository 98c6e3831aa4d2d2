package org.aibridge.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.aibridge.api.AiBridge;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The demo's command line: {@code ai-bridge demo}.
 *
 * <p>Exit status 0 when every sum holds, 1 when one does not or the run failed, 2 for bad usage;
 * Ctrl-C takes the AI service down with it.
 */
@Command(
    name = "ai-bridge demo",
    sortOptions = false,
    description = {
      "Runs a busy map-server with the bridge in it and an AI service beside it,",
      "kills the AI service half-way, brings it back, and checks that nothing was lost",
      "and nothing was done twice."
    })
public final class DemoMain implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int BAD_USAGE = 2;

  private static final String NO_BROKER =
      "--kafka needs the project's sources: an installation has no broker of Kafka. In a clone it is"
          + " ./ai-bridge demo --kafka.";

  @Option(
      names = "--seconds",
      defaultValue = "30",
      paramLabel = "N",
      description = "How long the players play (default ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--players",
      defaultValue = "500",
      paramLabel = "N",
      description = "How many there are (default ${DEFAULT-VALUE}).")
  private int players;

  @Option(
      names = "--outage",
      defaultValue = "5s",
      paramLabel = "TIME",
      converter = DurationText.class,
      description =
          "How long the AI service is away, such as 5s or 500ms; 0 for not at all"
              + " (default ${DEFAULT-VALUE}).")
  private Duration outage;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Makes the world the same again (default: a random one, printed).")
  private Long seed;

  @Option(
      names = "--service",
      defaultValue = "bridge",
      paramLabel = "NAME",
      description =
          "Which AI service: one that was written to the protocol (bridge), or FastAPI as"
              + " it is met in the field (fastapi), without its limit of requests"
              + " (default ${DEFAULT-VALUE}).")
  private String service;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description =
          "An AI service that runs already; it is not killed, and its own records"
              + " are not looked into.")
  private URI baseUrl;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description =
          "The configuration to start from (default conf/ai_bridge.conf, or the one in"
              + " the jar).")
  private Path conf;

  @Option(
      names = "--native",
      description =
          "Play on a map-server in C++ with its companion (Linux; needs a C++ compiler, c++).")
  private boolean isNative;

  @Option(
      names = "--kafka",
      description =
          "Play on three map-servers, two AI workers and a broker of Kafka (in a clone of the"
              + " sources alone; has options of its own).")
  private boolean kafka;

  @Option(
      names = "--json",
      description = "The summary as one JSON object on stdout; all else goes to stderr.")
  private boolean json;

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

  private final Function<Path, AiBridge> bridges;
  private final Consumer<RunFolder> beforeChecks;
  private volatile boolean interrupted;

  private DemoMain(Function<Path, AiBridge> bridges, Consumer<RunFolder> beforeChecks) {
    this.bridges = bridges;
    this.beforeChecks = beforeChecks;
  }

  /** Runs the demo and ends the process with its exit status. */
  public static void main(String... arguments) {
    System.exit(execute(AiBridge::start, arguments));
  }

  static int execute(Function<Path, AiBridge> bridges, String... arguments) {
    return execute(bridges, folder -> {}, arguments);
  }

  /**
   * For tests.
   *
   * @param beforeChecks may change what the AI service wrote down, before it is compared
   */
  static int execute(
      Function<Path, AiBridge> bridges, Consumer<RunFolder> beforeChecks, String... arguments) {
    CommandLine line = new CommandLine(new DemoMain(bridges, beforeChecks));
    line.setParameterExceptionHandler(DemoMain::refuse);
    line.setExecutionExceptionHandler(DemoMain::explain);
    return line.execute(arguments);
  }

  /** Prints one sentence only; all the options would push it off the screen. */
  private static int refuse(ParameterException problem, String... arguments) {
    problem.getCommandLine().getErr().println(problem.getMessage() + " (see --help)");
    return BAD_USAGE;
  }

  /** Prints a sentence about a full disk or a folder of another user, and no stack trace. */
  private static int explain(Exception problem, CommandLine line, ParseResult arguments)
      throws Exception {
    if (!(problem instanceof IOException)) {
      throw problem;
    }
    line.getErr().println("The demo could not go on: " + problem);
    return FAILED;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (kafka) { // The launcher of a clone runs a program of its own.
      spec.commandLine().getErr().println(NO_BROKER);
      return FAILED;
    }
    DemoOptions options = options(configuration());
    Screen screen = Screen.of(json ? System.err : System.out, !json, System.getenv());
    RunFolder folder;
    try {
      folder = RunFolder.open(data);
    } catch (DemoFailure e) {
      throw usage(e.getMessage());
    }
    sendLogsTo(folder.log());
    greet(options, folder, screen);
    boolean ok = isNative ? runNative(options, folder, screen) : run(options, folder, screen);
    if (ok && folder.isTemporary()) {
      folder.delete();
    } else if (!interrupted) {
      screen.line("  Kept: " + folder.path() + " (logs, configuration, journal, records)");
    }
    return ok ? 0 : FAILED;
  }

  private ShippedFiles.Shipped configuration() throws IOException {
    if (conf == null) {
      return ShippedFiles.ofProcess().configuration();
    }
    try {
      String text = Files.readString(conf);
      if (!IniLines.hasSections(text)) {
        throw usage("--conf: " + conf + " has no [sections]; the demo cannot run on the flat form");
      }
      return new ShippedFiles.Shipped(conf.toString(), text);
    } catch (CharacterCodingException e) {
      throw usage("--conf: " + conf + " is not UTF-8");
    } catch (IOException e) {
      throw usage("--conf: " + conf + " cannot be read");
    }
  }

  private DemoOptions options(ShippedFiles.Shipped configuration) {
    if (seconds < 1 || seconds > 86_400) {
      throw usage("--seconds must be 1 to 86400, was " + seconds);
    }
    if (isNative && (baseUrl != null || json)) {
      throw usage("--native goes with neither --base-url nor --json");
    }
    if (players < 1 || players > 100_000) {
      throw usage("--players must be 1 to 100000, was " + players);
    }
    if (baseUrl != null && (baseUrl.getRawAuthority() == null || !isHttp(baseUrl.getScheme()))) {
      throw usage("--base-url must be an http or https URL, was " + baseUrl);
    }
    if (!List.of("bridge", DemoOptions.FIELD).contains(service)) {
      throw usage("--service must be bridge or fastapi, was " + service);
    }
    long chosen = seed != null ? seed : new SplittableRandom().nextInt(1, Integer.MAX_VALUE);
    return new DemoOptions(
        seconds, players, outage, chosen, service, baseUrl, configuration, json, data);
  }

  private static boolean isHttp(String scheme) {
    return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  /** Sends log lines to {@code file}. Works only before the first logger is created. */
  private static void sendLogsTo(Path file) {
    System.setProperty("org.slf4j.simpleLogger.logFile", file.toString());
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
  }

  private static void greet(DemoOptions options, RunFolder folder, Screen screen) {
    screen.line(
        "%d players play for %d s (seed %d); %s."
            .formatted(options.players(), options.seconds(), options.seed(), plot(options)));
    screen.faint("Log, kept if the run fails or --data is given: " + folder.log());
    screen.faint("For a short run: breaker 2 s (not 60), first retry 250 ms, poll each 200 ms.");
    screen.line("");
  }

  private static String plot(DemoOptions options) {
    if (!options.isOwnService()) {
      return "AI service: " + options.baseUrl();
    }
    return options.outage().isZero()
        ? "no outage"
        : "half-way the AI service dies for " + DurationText.show(options.outage());
  }

  private boolean run(DemoOptions options, RunFolder folder, Screen screen)
      throws IOException, InterruptedException {
    try {
      Demo demo = new Demo(options, folder, bridges, beforeChecks, screen);
      return report(guarded(demo, folder, screen), screen);
    } catch (DemoFailure e) {
      fail(options, screen, e.getMessage());
      return false;
    }
  }

  private boolean runNative(DemoOptions options, RunFolder folder, Screen screen)
      throws IOException, InterruptedException {
    try {
      NativeDemo demo = new NativeDemo(options, folder, screen, ShippedFiles.ofProcess().home());
      Thread hook = new Thread(demo::kill, "demo interrupt");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        return demo.run();
      } finally {
        forget(hook);
      }
    } catch (DemoFailure e) {
      fail(options, screen, e.getMessage());
      return false;
    }
  }

  private Findings guarded(Demo demo, RunFolder folder, Screen screen)
      throws IOException, DemoFailure, InterruptedException {
    Thread hook = new Thread(() -> interrupt(demo, folder, screen), "demo interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return demo.run();
    } finally {
      forget(hook);
    }
  }

  private void interrupt(Demo demo, RunFolder folder, Screen screen) {
    interrupted = true;
    demo.kill();
    screen.warn("Interrupted. Kept: " + folder.path());
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException goingDown) {
      // the hook is already running, and does no harm now
    }
  }

  private boolean report(Findings found, Screen screen) {
    List<Check> checks = Checks.of(found);
    new Summary(found, checks, screen).print();
    if (json) {
      System.out.println(SummaryJson.of(found, checks));
    }
    return checks.stream().allMatch(Check::ok);
  }

  /** Reports a failure, unless the run was interrupted. */
  private void fail(DemoOptions options, Screen screen, String problem) {
    if (interrupted) {
      return;
    }
    screen.bad(problem);
    if (json) {
      System.out.println(SummaryJson.failure(options, problem));
    }
  }
}
