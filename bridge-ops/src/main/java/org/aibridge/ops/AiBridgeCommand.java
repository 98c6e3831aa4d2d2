package org.aibridge.ops;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.aibridge.core.text.FileNames;
import org.aibridge.ops.backup.BackupCommand;
import org.aibridge.ops.backup.RestoreCommand;
import org.aibridge.ops.convert.ConvertCommand;
import org.aibridge.ops.dlq.DlqCommand;
import org.aibridge.ops.live.LanesCommand;
import org.aibridge.ops.live.MetricsCommand;
import org.aibridge.ops.live.ReloadCommand;
import org.aibridge.ops.live.ResumeCommand;
import org.aibridge.ops.live.RetryCommand;
import org.aibridge.ops.live.SetAsideCommand;
import org.aibridge.ops.live.StatusCommand;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code ai-bridge}, with which an operator asks about a bridge from outside its
 * server.
 *
 * <p>Exits with 0 when all is well, 1 when something is not, 2 when the command line is wrong, 3
 * when the work was done in part or something searched for was found, 141 when nobody reads the
 * output.
 */
@Command(
    name = "ai-bridge",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "The bridge between a game map-server and an AI service.",
    footer = {"", "'ai-bridge COMMAND --help' tells more about a command."})
public final class AiBridgeCommand implements Callable<Integer> {
  private static final String COMPLETION = "completion";

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the libraries' warnings and the whole of an unexpected error.")
  private boolean verbose;

  private AiBridgeCommand() {}

  /** Runs a command line and returns its exit code; does not flush the output. */
  static int execute(Surroundings surroundings, String... args) {
    CommandLine line = line(surroundings, args.length == 0 ? "" : args[0]);
    AiBridgeCommand top = line.getCommand();
    line.setExecutionStrategy(top::execute);
    line.setExecutionExceptionHandler(
        (failure, called, parsed) -> Ending.unexpected(surroundings, failure, top.verbose));
    line.setParameterExceptionHandler((e, given) -> calledWrongly(surroundings, e));
    return line.execute(args);
  }

  /** Makes the command line with all of its commands. */
  static CommandLine line(Surroundings surroundings) {
    return line(surroundings, "");
  }

  /**
   * Makes the command line with the command {@code asked} alone, since making each takes longer
   * than most commands do; with all if there is no such command.
   */
  private static CommandLine line(Surroundings surroundings, String asked) {
    CommandLine line = new CommandLine(new AiBridgeCommand());
    Map<String, Supplier<Object>> commands = commands(surroundings);
    Supplier<Object> one = commands.get(asked);
    if (one != null && !asked.equals(COMPLETION)) {
      line.addSubcommand(asked, one.get());
    } else {
      commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    }
    return line.setExpandAtFiles(false) // a foreign id may begin with @
        .registerConverter(Path.class, AiBridgeCommand::path)
        .setOut(surroundings.rawOut())
        .setErr(surroundings.rawErr())
        .setColorScheme(CommandLine.Help.defaultColorScheme(ansi(surroundings)));
  }

  private static Map<String, Supplier<Object>> commands(Surroundings surroundings) {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    forward(all, "demo", "Play the demo: a map-server, an AI service, and an outage between them.");
    forward(
        all,
        "service",
        "Run an AI service to try the bridge against: service fake. In a clone of the source"
            + " service scenarios, service record and service incident, too.");
    forward(
        all,
        "torture",
        "In a clone of the source: kill the bridge, lie to it, and count what becomes of every"
            + " event.");
    forward(
        all,
        "bench",
        "In a clone of the source: measure what the bridge costs, beside what else there is.");
    all.put("run", () -> new RunCommand(surroundings));
    all.put("check", () -> new CheckCommand(surroundings));
    all.put("convert", () -> new ConvertCommand(surroundings));
    all.put("status", () -> new StatusCommand(surroundings));
    all.put("metrics", () -> new MetricsCommand(surroundings));
    all.put("dlq", () -> DlqCommand.line(surroundings));
    all.put("actions", () -> new ActionsCommand(surroundings));
    all.put("reload", () -> new ReloadCommand(surroundings));
    all.put("resume", () -> new ResumeCommand(surroundings));
    all.put("retry", () -> new RetryCommand(surroundings));
    all.put("lanes", () -> new LanesCommand(surroundings));
    all.put("set-aside", () -> new SetAsideCommand(surroundings));
    all.put("backup", () -> new BackupCommand(surroundings));
    all.put("restore", () -> new RestoreCommand(surroundings));
    all.put("bundle", () -> new BundleCommand(surroundings));
    all.put(COMPLETION, AiBridgeCommand::completion);
    return all;
  }

  private static void forward(Map<String, Supplier<Object>> all, String name, String does) {
    all.put(name, () -> ForwardedCommand.line(name, does));
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "'" + name + "' is no file here: " + FileNames.problem(name));
    }
  }

  /** Creates the command for shell completion, under the name {@code completion}. */
  private static CommandLine completion() {
    CommandLine line = new CommandLine(new GenerateCompletion());
    line.getCommandSpec().name(COMPLETION);
    return line;
  }

  /** Prints the usage, since a command line without a command has nothing to do. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  private int execute(ParseResult parsed) {
    Logging.set(verbose);
    return new RunLast().execute(parsed);
  }

  /** Prints the mistake, suggestions and the synopsis; {@code --help} prints the full help. */
  private static int calledWrongly(Surroundings surroundings, ParameterException mistake) {
    CommandLine line = mistake.getCommandLine();
    PrintWriter err = line.getErr();
    surroundings.complain(mistake.getMessage());
    UnmatchedArgumentException.printSuggestions(mistake, err);
    err.print(line.getHelp().fullSynopsis());
    err.println("'" + line.getCommandSpec().qualifiedName() + " --help' tells more.");
    return ExitCodes.USAGE;
  }

  private static Ansi ansi(Surroundings surroundings) {
    return surroundings.color() ? Ansi.ON : Ansi.OFF;
  }
}
