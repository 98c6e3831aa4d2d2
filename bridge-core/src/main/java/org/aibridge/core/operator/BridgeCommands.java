package org.aibridge.core.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.aibridge.api.ReloadResult;
import org.aibridge.core.service.Trial;
import org.aibridge.core.text.CommandAnswer;

/**
 * Answers the commands about the whole bridge: {@code reload}, {@code resume}, {@code retry}, and
 * {@code trials}, what became of the last {@code retry}.
 */
public final class BridgeCommands {
  /** The group that these commands belong to. */
  public static final String GROUP = "bridge";

  private final Supplier<CompletionStage<ReloadResult>> reload;
  private final Runnable resume;
  private final Retry retry;

  /** Has the AI service asked now. Any thread; no waiting. */
  public interface Retry {
    /** Lets the next request of each use pass now, unless the service ordered a wait. */
    void now();

    /** Returns what became of the first request of each use since then, events first. */
    Map<String, Trial> trials();

    /** Returns what is left of a wait that the service ordered, in milliseconds; 0 for none. */
    long orderedMs();
  }

  /** Creates the commands. The given actions must not block. */
  public BridgeCommands(
      Supplier<CompletionStage<ReloadResult>> reload, Runnable resume, Retry retry) {
    this.reload = reload;
    this.resume = resume;
    this.retry = retry;
  }

  /** Executes {@code command} and answers it; never blocks. */
  public CompletionStage<ObjectNode> answer(ObjectNode command) {
    String verb = command.path("do").asText();
    if (verb.equals("reload")) {
      return reload.get().thenApply(BridgeCommands::json);
    }
    return CompletableFuture.completedFuture(
        switch (verb) {
          case "resume" -> {
            resume.run();
            yield CommandAnswer.done();
          }
          case "retry" -> {
            retry.now();
            yield CommandAnswer.done();
          }
          case "trials" -> trials();
          default -> CommandAnswer.problem("there is no such command: " + verb);
        });
  }

  private ObjectNode trials() {
    ObjectNode json = CommandAnswer.done().put("ordered_ms", retry.orderedMs());
    ArrayNode all = json.putArray("trials");
    retry
        .trials()
        .forEach(
            (use, trial) ->
                all.addObject()
                    .put("use", use)
                    .put("failed", trial.failed())
                    .put("shut", trial.shut())
                    .put("state", trial.state().name().toLowerCase(Locale.ROOT))
                    .put("service_said", trial.said()));
    return json;
  }

  private static ObjectNode json(ReloadResult result) {
    ObjectNode json =
        result.reloaded()
            ? CommandAnswer.done()
            : CommandAnswer.problem("the configuration stays as it is");
    ArrayNode problems = json.putArray("problems");
    result.problems().forEach(problems::add);
    return json;
  }
}
