package org.aibridge.ops;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * Stands for the torture in the help. The script {@code ai-bridge} runs it in a JVM of its own,
 * because it lives in the testkit, which this module does not know.
 */
@Command(
    name = "torture",
    description =
        "Kill the bridge, lie to it, and count what becomes of every event."
            + " Run by the ai-bridge script.")
final class TortureCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Unmatched private List<String> options;

  @Parameters(hidden = true)
  private List<String> arguments;

  @Override
  public Integer call() {
    spec.commandLine()
        .getErr()
        .println("ai-bridge: the torture is run by the script: ./ai-bridge torture [options]");
    return CommandLine.ExitCode.USAGE;
  }
}
