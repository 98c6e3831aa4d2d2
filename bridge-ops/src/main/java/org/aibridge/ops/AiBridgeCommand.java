package org.aibridge.ops;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.aibridge.core.run.Reason;
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

  /** Runs the command line {@code args} and ends this process. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.exit(run(Surroundings.ofProcess(), args));
  }

  /** Runs a command line and returns its exit code. */
  static int run(Surroundings surroundings, String... args) {
    StatusCommand status = StatusCommand.plain(surroundings, args);
    int exit = status == null ? parsed(surroundings, args) : run(surroundings, status);
    if (surroundings.out().checkError()) {
      exit = unwritten(surroundings, exit);
    }
    surroundings.err().flush();
    return exit;
  }

  private static int run(Surroundings surroundings, StatusCommand status) {
    Logging.set(false);
    try {
      return status.call();
    } catch (Exception e) {
      return unexpected(surroundings, e, false);
    }
  }

  private static int parsed(Surroundings surroundings, String... args) {
    CommandLine line = line(surroundings, args.length == 0 ? "" : args[0]);
    AiBridgeCommand top = line.getCommand();
    line.setExecutionStrategy(top::execute);
    line.setExecutionExceptionHandler(
        (failure, called, parsed) -> unexpected(surroundings, failure, top.verbose));
    line.setParameterExceptionHandler((e, given) -> calledWrongly(surroundings, e));
    return line.execute(args);
  }

  /**
   * Reports a failed write, and returns the exit code; a pipe that its reader closed is no failure.
   */
  private static int unwritten(Surroundings surroundings, int exit) {
    String why = surroundings.outProblem().get();
    if (why.contains("Broken pipe")) {
      return ExitCodes.UNREAD;
    }
    surroundings.complain("the output could not be written" + (why.isEmpty() ? "" : ": " + why));
    return exit == ExitCodes.USAGE ? exit : ExitCodes.FAILED;
  }

  /** Creates the command line with all its commands. */
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
    forward(all, "service", "Run an AI service to try the bridge against: service fake.");
    forward(all, "torture", "Kill the bridge, lie to it, and count what becomes of every event.");
    forward(all, "bench", "Measure what the bridge costs, beside what else there is.");
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

  private static int unexpected(Surroundings surroundings, Exception failure, boolean verbose) {
    if (failure instanceof Trouble trouble) {
      surroundings.complain(trouble.getMessage());
      return trouble.exit();
    }
    if (failure instanceof InvalidPathException name) {
      surroundings.complain(name.getInput() + ": " + FileNames.problem(name.getInput()));
      return ExitCodes.USAGE;
    }
    if (failure instanceof IOException io) {
      surroundings.complain(sentence(io));
      return ExitCodes.FAILED;
    }
    surroundings.complain(Reason.of(failure));
    if (verbose) {
      failure.printStackTrace(surroundings.err());
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Prints the mistake, suggestions and the synopsis; {@code --help} prints the rest. */
  private static int calledWrongly(Surroundings surroundings, ParameterException mistake) {
    CommandLine line = mistake.getCommandLine();
    PrintWriter err = line.getErr();
    surroundings.complain(mistake.getMessage());
    UnmatchedArgumentException.printSuggestions(mistake, err);
    err.print(line.getHelp().fullSynopsis());
    err.println("'" + line.getCommandSpec().qualifiedName() + " --help' tells more.");
    return ExitCodes.USAGE;
  }

  private static String sentence(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      String who = System.getProperty("user.name");
      return failure.getMessage() + " is not permitted to the user " + who;
    }
    if (failure instanceof NoSuchFileException) {
      String why = FileNames.problem(failure.getMessage());
      return failure.getMessage() + " is not there" + (why.isEmpty() ? "" : ": " + why);
    }
    if (failure instanceof CharacterCodingException) {
      return "what was read is not text as this console writes it: start with LC_ALL=C.UTF-8";
    }
    return Reason.sentence(failure);
  }

  private static Ansi ansi(Surroundings surroundings) {
    return surroundings.color() ? Ansi.ON : Ansi.OFF;
  }
}
