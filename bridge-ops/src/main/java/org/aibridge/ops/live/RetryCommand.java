package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.operator.BridgeCommands;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
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
      "What the service itself has ordered to wait for (Retry-After) is waited for.",
      "Waits some ten seconds for the answer. Exits with 0 when the service took it, or nothing"
          + " was kept back; with 3 when it still fails, or has not answered yet."
    },
    footer = {"", "Example:", "  ai-bridge retry"})
public final class RetryCommand implements Callable<Integer> {
  private static final int LOOK_EVERY_MS = 250;
  private static final long PATIENCE_NANOS = 8_000_000_000L;

  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  public RetryCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Server server = new Server(surroundings, conf);
    server.ask(BridgeCommands.GROUP, JsonNodeFactory.instance.objectNode().put("do", "retry"));
    long begun = System.nanoTime();
    ObjectNode question = JsonNodeFactory.instance.objectNode().put("do", "trials");
    ObjectNode answer = server.tryAsk(question);
    while (CommandAnswer.isDone(answer)
        && !new Trials(answer).isKnown()
        && System.nanoTime() - begun < PATIENCE_NANOS) {
      Thread.sleep(LOOK_EVERY_MS);
      answer = server.tryAsk(question.put("again", true)); // Which the server need not log.
    }
    if (!CommandAnswer.isDone(answer)) { // Of a server that runs an older version.
      surroundings.out().println("the AI service was asked; 'ai-bridge status' tells what it said");
      return ExitCodes.FOUND;
    }
    Trials trials = new Trials(answer);
    surroundings.out().println(Shown.of(trials.sentence()));
    return trials.isWell() ? ExitCodes.DONE : ExitCodes.FOUND;
  }
}
