package org.aibridge.scenarios;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * The command {@code ai-bridge service fake}: an AI service that runs until it is ended, of the
 * examples one that decides, or of the testkit one that behaves as a scenario says.
 */
@Command(
    name = "fake",
    description =
        "Runs an AI service: one that decides, or with --scenario NAME one that behaves as the"
            + " scenario says.")
final class FakeCommand implements Callable<Integer> {
  /** What makes it a scenario's service. */
  private static final Set<String> OF_SCENARIOS =
      Set.of("--scenario", "--from", "--list", "--export");

  private static final String HELP =
      org.aibridge.examples.aiservice.AiServiceMain.help()
          + "\nWith one of --scenario, --from, --export and --list in place of these:\n\n"
          + org.aibridge.testkit.AiServiceMain.help();

  private final Surroundings surroundings;

  @Unmatched private List<String> arguments = new ArrayList<>();

  private FakeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Makes the command, whose help is that of the two programs. */
  static CommandLine line(Surroundings surroundings) {
    CommandLine line = new CommandLine(new FakeCommand(surroundings));
    line.setHelpSectionKeys(List.of("text"));
    line.setHelpSectionMap(Map.of("text", help -> HELP));
    return line;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      surroundings.out().print(HELP);
      return ExitCodes.DONE;
    }
    Logs.onlyErrors();
    String[] given = arguments.toArray(String[]::new);
    return arguments.stream().anyMatch(OF_SCENARIOS::contains)
        ? org.aibridge.testkit.AiServiceMain.serve(surroundings.out(), surroundings.err(), given)
        : org.aibridge.examples.aiservice.AiServiceMain.serve(
            surroundings.out(), surroundings.err(), given);
  }
}
