package org.aibridge.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Runs a scenario by hand, until the process is ended. */
public final class AiServiceMain {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private static final String HELP =
      """
      Runs an AI service that behaves as a scenario says.

        --scenario NAME   a built-in scenario (healthy)
        --from DIR        the scenario in a folder of your own instead
        --port N          the loopback port, 0 for any free one (8000)
        --export DIR      copy the built-in scenario there for editing, and end
        --list            list the built-in scenarios, and end
        --help            this text

      It prints each request as it is answered. While it runs:

        curl -d down URL/__admin/switch             another built-in scenario
        curl -d '{"action_id": ...}' URL/__admin/actions   offers an action
        curl URL/__admin/requests                   the latest requests
      """;

  private final PrintWriter out;
  private final PrintWriter err;
  private String scenario = "healthy";
  private String from = "";
  private String export = "";
  private int port = 8000;
  private boolean list;
  private boolean help;

  /** Prints what is answered late, in a thread that keeps no process alive. */
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "ai-service late answers");
            thread.setDaemon(true);
            return thread;
          });

  AiServiceMain(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** Runs the service; exits with 0 after {@code --list}, 1 on failure, and 2 on a usage error. */
  public static void main(String[] args) throws InterruptedException {
    System.exit(serve(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
  }

  /**
   * Runs the service until the process ends; comes back with an exit status if there is nothing to
   * run.
   *
   * @throws InterruptedException when the thread is interrupted, while the service goes on
   */
  public static int serve(PrintWriter out, PrintWriter err, String... args)
      throws InterruptedException {
    FakeAiService[] started = new FakeAiService[1];
    int code = new AiServiceMain(out, err).run(args, s -> started[0] = s);
    if (started[0] != null) {
      Runtime.getRuntime().addShutdownHook(new Thread(started[0]::close, "ai-service stop"));
      Thread.currentThread().join();
    }
    return code;
  }

  /** What {@code --help} prints. */
  public static String help() {
    return HELP;
  }

  /** Does what the arguments say; passes a started service to {@code onStart}. */
  int run(String[] args, java.util.function.Consumer<FakeAiService> onStart) {
    try {
      read(args);
      return help ? print(HELP) : list ? print(list()) : act(onStart);
    } catch (IllegalArgumentException e) {
      err.println("ai-service: " + e.getMessage());
      return USAGE;
    } catch (IllegalStateException | UncheckedIOException e) {
      err.println("ai-service: " + e.getMessage());
      return FAILED;
    }
  }

  private void read(String[] args) {
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--list" -> list = true;
        case "--help", "-h" -> help = true;
        case "--scenario" -> scenario = value(args, ++i);
        case "--from" -> from = value(args, ++i);
        case "--export" -> export = value(args, ++i);
        case "--port" -> port = number(value(args, ++i));
        default -> throw new IllegalArgumentException("unknown option " + args[i] + "; see --help");
      }
    }
  }

  private static String value(String[] args, int index) {
    if (index == args.length) {
      throw new IllegalArgumentException(args[index - 1] + " needs a value");
    }
    return args[index];
  }

  private static int number(String text) {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
      throw new IllegalArgumentException("--port must be 0-65535, was " + text);
    }
    return Integer.parseInt(text);
  }

  private int act(java.util.function.Consumer<FakeAiService> onStart) {
    if (!export.isEmpty()) {
      Path folder = Path.of(export);
      if (Files.exists(folder.resolve(ScenarioReader.ABOUT))
          || Files.exists(folder.resolve(ScenarioReader.MAPPINGS))) {
        throw new IllegalArgumentException(export + " has a scenario already");
      }
      AiServiceScenario.export(scenario, folder);
      return print("Scenario " + scenario + " copied to " + export + "\n");
    }
    AiServiceScenario wanted =
        from.isEmpty()
            ? AiServiceScenario.named(scenario)
            : AiServiceScenario.fromDirectory(Path.of(from));
    FakeAiService service =
        FakeAiService.start(wanted, AiServiceOptions.DEFAULT.withPort(port).withJournalLimit(1000));
    service.onRequest(this::print);
    onStart.accept(service);
    return print("Scenario " + wanted + " at " + service.baseUrl() + "\n");
  }

  /** Prints a request as its answer is decided, and once more when a delayed one is given. */
  private void print(ReceivedRequest request) {
    long delayMs = request.delayMs();
    if (request.isBroken() || delayMs == 0) {
      print(request, "");
      return;
    }
    print(request, ", in " + delayMs + " ms");
    later.schedule(() -> print(request, ", after " + delayMs + " ms"), delayMs + 1, MILLISECONDS);
  }

  private void print(ReceivedRequest request, String when) {
    int events = request.json().path("events").size();
    String answer =
        request.isBroken()
            ? "connection broken"
            : request.status() != 0
                ? Integer.toString(request.status())
                : when.startsWith(", in") ? "an answer" : "none any more";
    out.printf(
        Locale.ROOT,
        "%tT %s %s%s -> %s%s%n",
        System.currentTimeMillis(),
        request.method(),
        request.path(),
        events == 0 ? "" : " (" + events + " events)",
        answer,
        when);
  }

  /** The built-in scenarios, a line each. */
  public static String list() {
    StringBuilder text = new StringBuilder();
    for (String name : AiServiceScenario.names()) {
      String about = AiServiceScenario.named(name).description();
      text.append(String.format(Locale.ROOT, "%-17s %s%n", name, about));
    }
    return text.toString();
  }

  private int print(String text) {
    out.print(text);
    out.flush();
    return OK;
  }
}
