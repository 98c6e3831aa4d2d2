package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge reload}: makes the running bridge reread its configuration. */
@Command(
    name = "reload",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Have the server that runs read its configuration anew; with mistakes in it the old one"
            + " stays.",
    footer = {"", "Example:", "  ai-bridge reload"})
public final class ReloadCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  public ReloadCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ObjectNode answer = new Server(surroundings, conf).ask("reload");
    answer
        .path("problems")
        .forEach(problem -> surroundings.err().println(Shown.of(problem.asText())));
    if (!CommandAnswer.isDone(answer)) {
      surroundings.complain(CommandAnswer.problemOf(answer));
      return ExitCodes.FAILED;
    }
    surroundings.out().println("the configuration is reloaded");
    return ExitCodes.DONE;
  }
}
