package org.aibridge.testkit;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;

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

  private final PrintStream out;
  private final PrintStream err;
  private String scenario = "healthy";
  private String from = "";
  private String export = "";
  private int port = 8000;
  private boolean list;
  private boolean help;

  AiServiceMain(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs the service; exits with 0 after {@code --list}, 1 on failure, and 2 on a usage error. */
  public static void main(String[] args) throws InterruptedException {
    FakeAiService[] started = new FakeAiService[1];
    int code = new AiServiceMain(System.out, System.err).run(args, s -> started[0] = s);
    if (started[0] == null) {
      System.exit(code);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(started[0]::close, "ai-service stop"));
    Thread.currentThread().join();
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
        case "--help" -> help = true;
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
    if (!text.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("--port must be 0-65535, was " + text);
    }
    return Integer.parseInt(text);
  }

  private int act(java.util.function.Consumer<FakeAiService> onStart) {
    if (!export.isEmpty()) {
      AiServiceScenario.export(scenario, Path.of(export));
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

  private void print(ReceivedRequest request) {
    int events = request.json().path("events").size();
    out.printf(
        Locale.ROOT,
        "%tT %s %s%s -> %s%n",
        System.currentTimeMillis(),
        request.method(),
        request.path(),
        events == 0 ? "" : " (" + events + " events)",
        request.status() == 0 ? "no answer yet" : request.status());
  }

  private static String list() {
    StringBuilder text = new StringBuilder();
    for (String name : AiServiceScenario.names()) {
      String about = AiServiceScenario.named(name).description();
      text.append(String.format(Locale.ROOT, "%-14s %s%n", name, about));
    }
    return text.toString();
  }

  private int print(String text) {
    out.print(text);
    out.flush();
    return OK;
  }
}
