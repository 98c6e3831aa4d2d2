package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command {@code ai-bridge retry}: has the bridge ask the AI service now; prints the answer.
 */
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
  /** The names of the gates for the bridge's own requests, the most important first. */
  private static final List<String> CALLERS =
      List.of("/gates/events", "/gates/polls", "/gates/results");

  private static final int LOOK_EVERY_MS = 250;

  /** How often the status is read at most; not often, because somebody waits at the terminal. */
  private static final int LOOKS = 32;

  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  public RetryCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Server server = new Server(surroundings, conf);
    JsonNode before = http(server);
    ObjectNode answer = server.ask("retry");
    if (!CommandAnswer.isDone(answer)) {
      throw Trouble.failed(CommandAnswer.problemOf(answer));
    }
    JsonNode now = http(server);
    for (int i = 0; i < LOOKS && answered(before, now).isEmpty() && waitMs(now) == 0; i++) {
      Thread.sleep(LOOK_EVERY_MS);
      now = http(server);
    }
    surroundings.out().println(Shown.of(sentence(now, answered(before, now))));
    return ExitCodes.DONE;
  }

  private static String sentence(JsonNode now, Optional<JsonNode> answered) {
    if (waitMs(now) > 0) {
      return "the AI service has ordered a pause and is not asked for "
          + TimeText.span(waitMs(now));
    }
    if (answered.isEmpty()) {
      return "nothing has been answered yet, if there was anything to ask; 'ai-bridge status'"
          + " tells";
    }
    String said = answered.get().path("service_said").asText();
    return said.isEmpty()
        ? "the AI service answers as it should; what waits goes out"
        : "the AI service was asked and still fails: " + said;
  }

  private JsonNode http(Server server) throws IOException {
    Optional<ObjectNode> status = LiveStatus.read(server.journal(), surroundings.clock().millis());
    return status.map(s -> s.path("http_client")).orElse(MissingNode.getInstance());
  }

  /**
   * Returns a gate that failed before and is answered now, or any answered one if none had failed.
   */
  private static Optional<JsonNode> answered(JsonNode before, JsonNode now) {
    List<String> failed =
        CALLERS.stream().filter(c -> !before.at(c + "/service_said").asText().isEmpty()).toList();
    return (failed.isEmpty() ? CALLERS : failed)
        .stream()
            .filter(c -> now.at(c + "/requests").asLong() > before.at(c + "/requests").asLong())
            .map(now::at)
            .findFirst();
  }

  private static long waitMs(JsonNode http) {
    return http.path("retry_after_ms").asLong();
  }
}
