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
 * Stands for the benchmarks in the help. The script {@code ai-bridge} runs them in a JVM of its
 * own, because they live in a module that this one does not know.
 */
@Command(
    name = "bench",
    description =
        "Measure what the bridge costs, beside what else there is."
            + " Run by the ai-bridge script.")
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Unmatched private List<String> options;

  @Parameters(hidden = true)
  private List<String> arguments;

  @Override
  public Integer call() {
    spec.commandLine()
        .getErr()
        .println("ai-bridge: the benchmarks are run by the script: ./ai-bridge bench [options]");
    return CommandLine.ExitCode.USAGE;
  }
}
