package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ai-bridge retry}: the running bridge asks the service now. */
@Command(
    name = "retry",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Have the server that runs ask the AI service now: when you know that it is back, and the"
          + " bridge would wait some more seconds before it tries.",
      "What the service itself has ordered to wait for (Retry-After) is waited for."
    },
    footer = {"", "Example:", "  ai-bridge retry"})
public final class RetryCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = "The server's configuration.")
  private Path conf;

  public RetryCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ObjectNode answer = new Server(surroundings, conf).ask("retry");
    if (!answer.path("ok").asBoolean()) {
      throw Trouble.failed(answer.path("problem").asText());
    }
    surroundings
        .out()
        .println("the AI service is asked now; 'ai-bridge status' tells what it says");
    return ExitCodes.DONE;
  }
}
