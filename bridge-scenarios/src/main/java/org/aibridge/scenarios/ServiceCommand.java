package org.aibridge.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.testkit.AiServiceMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line for testers, {@code ai-bridge service}. */
@Command(
    name = "ai-bridge service",
    synopsisSubcommandLabel = "COMMAND",
    description = "AI services to try a map-server against.",
    footer = {
      "  fake       An AI service that decides; with --scenario NAME one that behaves as the"
          + " scenario",
      "               says. See fake --help, and fake --scenario NAME --help."
    })
public final class ServiceCommand {
  private ServiceCommand() {}

  /** Runs the command and ends the process with the command's exit code. */
  public static void main(String... arguments) throws InterruptedException {
    if (arguments.length > 0 && arguments[0].equals("fake")) {
      Logs.onlyErrors();
      AiServiceMain.main(Arrays.copyOfRange(arguments, 1, arguments.length));
      return;
    }
    System.exit(execute(Surroundings.ofProcess(), arguments));
  }

  static int execute(Surroundings surroundings, String... arguments) {
    CommandLine line =
        new CommandLine(new ServiceCommand())
            .addSubcommand(new ScenariosCommand(surroundings))
            .addSubcommand(new RecordCommand(surroundings))
            .addSubcommand(new IncidentCommand(surroundings))
            .setOut(surroundings.out())
            .setErr(surroundings.err())
            .setParameterExceptionHandler(ServiceCommand::refuse)
            .setExecutionExceptionHandler(ServiceCommand::explain);
    return line.execute(arguments);
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
    if (problem instanceof Trouble
        || problem instanceof IOException
        || problem instanceof UncheckedIOException
        || problem instanceof IllegalStateException) {
      line.getErr().println("ai-bridge service: " + problem.getMessage());
      return ExitCodes.FAILED;
    }
    throw problem;
  }
}
