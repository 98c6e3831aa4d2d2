package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.operator.LaneCommands;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code ai-bridge set-aside}: turns a batch that is stuck into dead letters. */
@Command(
    name = "set-aside",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Make dead letters of all events in a batch that the AI service does not take, so that those"
          + " behind it go on. Nothing is lost: 'ai-bridge dlq replay' sends them again.",
      "The bridge itself finds a single event at which the service fails, as long as the service"
          + " takes others."
    },
    footer = {"", "Example:", "  ai-bridge set-aside srv:1795160243580282-1795160243581429:322:4"})
public final class SetAsideCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "BATCH", description = "The batch, as 'ai-bridge lanes' shows it.")
  private String batch;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  public SetAsideCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ObjectNode command =
        JsonNodeFactory.instance.objectNode().put("do", "set-aside").put("batch", batch);
    new Server(surroundings, conf).ask(LaneCommands.GROUP, command);
    surroundings.out().println("set aside; 'ai-bridge dlq list' shows the events");
    return ExitCodes.DONE;
  }
}
