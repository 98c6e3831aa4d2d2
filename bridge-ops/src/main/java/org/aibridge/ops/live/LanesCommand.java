package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.aibridge.ops.text.Table;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge lanes}: prints what each lane sends and waits for. */
@Command(
    name = "lanes",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Show what each lane of the server that runs has to send: a lane has the events of some"
          + " players, in order, and one batch under way. A batch may have events of several"
          + " lanes.",
      "What waits behind that is in the journal."
    },
    footer = {"", "Example:", "  ai-bridge lanes"})
public final class LanesCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  public LanesCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ObjectNode command = JsonNodeFactory.instance.objectNode().put("do", "show");
    ObjectNode answer = new Server(surroundings, conf).ask(LaneCommands.GROUP, command);
    JsonNode lanes = answer.path("lanes");
    boolean several = !lanes.path(0).path("sink").equals(lanes.path(lanes.size() - 1).path("sink"));
    Table table =
        new Table(surroundings, ">LANE", ">EVENTS", ">OLDEST", "STATE", "BATCH", ">OF", "SAID");
    for (JsonNode lane : lanes) {
      long nextMs = lane.path("next_ms").asLong();
      String state = lane.path("state").asText();
      String number = lane.path("lane").asText();
      table.row(
          several ? lane.path("sink").asText() + " " + number : number,
          lane.path("events").asInt(),
          TimeText.span(lane.path("oldest_ms").asLong()),
          nextMs > 0 ? state + " " + TimeText.span(nextMs) : state,
          lane.path("batch").asText(),
          lane.path("batch_events").asInt(),
          lane.path("said").asText());
    }
    table.end();
    return ExitCodes.DONE;
  }
}
