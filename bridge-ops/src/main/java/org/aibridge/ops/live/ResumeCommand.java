package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge resume}: ends the pause in sending that follows a surge. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Have the server that runs send again, though the AI service has refused most events for one"
          + " reason (dlq_surge_percent).",
      "What it refuses for that reason becomes dead letters from now on."
    },
    footer = {"", "Example:", "  ai-bridge resume"})
public final class ResumeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  public ResumeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Server server = new Server(surroundings, conf);
    boolean paused =
        LiveStatus.read(server.journal(), surroundings.clock().millis())
            .map(status -> status.path("event_dispatcher").path("paused").asBoolean())
            .orElse(false);
    ObjectNode answer = server.ask("resume");
    if (!CommandAnswer.isDone(answer)) {
      throw Trouble.failed(CommandAnswer.problemOf(answer));
    }
    surroundings.out().println(paused ? "sending goes on" : "sending was not paused");
    return ExitCodes.DONE;
  }
}
