package org.aibridge.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.aibridge.core.run.Reason;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The command line for testers, {@code ai-bridge service}.
 *
 * <p>Exits with 0 when all is done or as expected, 1 when something is not or cannot be done here,
 * 2 when the command line or a file it names has a mistake.
 */
@Command(
    name = "ai-bridge service",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "AI services to try a map-server against.",
    footer = {
      "",
      "'ai-bridge service COMMAND --help' tells more about a command.",
      "Exit status: 0 all is done or as expected; 1 something is not, or cannot be done",
      "here; 2 the command line, or a file it names, has a mistake."
    })
public final class ServiceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private ServiceCommand() {}

  /** Runs the command and ends the process with the command's exit code. */
  public static void main(String... arguments) {
    Surroundings surroundings = Surroundings.ofProcess();
    int status = execute(surroundings, arguments);
    surroundings.out().flush();
    System.exit(status);
  }

  static int execute(Surroundings surroundings, String... arguments) {
    CommandLine line =
        new CommandLine(new ServiceCommand())
            .addSubcommand(FakeCommand.line(surroundings))
            .addSubcommand(new ScenariosCommand(surroundings))
            .addSubcommand(new RecordCommand(surroundings))
            .addSubcommand(new IncidentCommand(surroundings))
            .addSubcommand(new HelpCommand())
            .setExpandAtFiles(false)
            .setOut(surroundings.out())
            .setErr(surroundings.err())
            .setParameterExceptionHandler(ServiceCommand::refuse)
            .setExecutionExceptionHandler(ServiceCommand::explain);
    return line.execute(arguments);
  }

  /** Prints the usage, since a command line without a command has nothing to do. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCodes.USAGE;
  }

  /** Prints one sentence only; all the options would push it off the screen. */
  private static int refuse(ParameterException problem, String... arguments) {
    problem.getCommandLine().getErr().println(problem.getMessage() + " (see --help)");
    return ExitCodes.USAGE;
  }

  /** Prints a sentence about a mistake in a file or an argument, or about a full disk. */
  private static int explain(Exception problem, CommandLine line, ParseResult arguments)
      throws Exception {
    if (problem instanceof IllegalArgumentException) {
      line.getErr().println(problem.getMessage());
      return ExitCodes.USAGE;
    }
    if (problem instanceof Trouble) { // A server's configuration cannot be used.
      line.getErr().println("ai-bridge service: " + problem.getMessage());
      return ExitCodes.USAGE;
    }
    if (problem instanceof IOException || problem instanceof UncheckedIOException) {
      line.getErr().println("ai-bridge service: " + Reason.sentence(problem));
      return ExitCodes.FAILED;
    }
    if (problem instanceof IllegalStateException) {
      line.getErr().println("ai-bridge service: " + problem.getMessage());
      return ExitCodes.FAILED;
    }
    throw problem;
  }
}
