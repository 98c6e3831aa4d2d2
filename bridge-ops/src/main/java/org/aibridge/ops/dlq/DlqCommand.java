package org.aibridge.ops.dlq;

import java.util.concurrent.Callable;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code ai-bridge dlq}: shows why events became dead letters, and replays them. */
@Command(
    name = "dlq",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "VERB",
    description = {
      "Find out why events became dead letters, correct it, replay them.",
      "The server may run meanwhile: looking changes nothing and waits for nobody."
    },
    footer = {
      "",
      "Begin with 'ai-bridge dlq stats'. The whole story is told in docs/operations.md.",
      "Exits with 0 when done, 1 when it failed, 2 when it was called wrongly, 3 when it was done in"
          + " part or found what was looked for, 130 after Ctrl-C."
    })
public final class DlqCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  private DlqCommand() {}

  /** Creates the command with its subcommands. */
  public static CommandLine line(Surroundings surroundings) {
    return new CommandLine(new DlqCommand())
        .addSubcommand(new StatsCommand(surroundings))
        .addSubcommand(new ListCommand(surroundings))
        .addSubcommand(new ShowCommand(surroundings))
        .addSubcommand(new TailCommand(surroundings))
        .addSubcommand(new ExportCommand(surroundings))
        .addSubcommand(new ImportCommand(surroundings))
        .addSubcommand(new ReplayCommand(surroundings))
        .addSubcommand(new PurgeCommand(surroundings))
        .addSubcommand(new UndoCommand(surroundings))
        .addSubcommand(new VerifyCommand(surroundings));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCodes.USAGE;
  }
}
