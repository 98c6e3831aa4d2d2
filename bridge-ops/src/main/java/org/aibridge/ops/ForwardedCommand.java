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
 * Stands in the help for a command that the script {@code ai-bridge} runs in a JVM of its own,
 * because the command lives in a module that this module does not know.
 */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
final class ForwardedCommand implements Callable<Integer> {
  private final String name;

  @Spec private CommandSpec spec;

  @Unmatched private List<String> options;

  @Parameters(hidden = true)
  private List<String> arguments;

  private ForwardedCommand(String name) {
    this.name = name;
  }

  /**
   * Makes the command {@code name}, to be added to a command line.
   *
   * @param does the command's effect, in one sentence
   */
  static CommandLine line(String name, String does) {
    CommandLine line = new CommandLine(new ForwardedCommand(name));
    line.getCommandSpec()
        .name(name)
        .usageMessage()
        .description(does + " Run by the ai-bridge script.");
    return line;
  }

  @Override
  public Integer call() {
    spec.commandLine()
        .getErr()
        .printf("ai-bridge: %s is run by the script: ./ai-bridge %s [options]%n", name, name);
    return CommandLine.ExitCode.USAGE;
  }
}
