package org.aibridge.core.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.aibridge.api.ReloadResult;
import org.aibridge.core.text.CommandAnswer;

/** Answers the commands about the whole bridge: {@code reload}, {@code resume}, {@code retry}. */
public final class BridgeCommands {
  /** The group that these commands belong to. */
  public static final String GROUP = "bridge";

  private final Supplier<CompletionStage<ReloadResult>> reload;
  private final Runnable resume;
  private final Runnable retry;

  /** Creates the commands from what each must do; none of that may block. */
  public BridgeCommands(
      Supplier<CompletionStage<ReloadResult>> reload, Runnable resume, Runnable retry) {
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
    if (verb.equals("resume") || verb.equals("retry")) {
      (verb.equals("resume") ? resume : retry).run();
      return CompletableFuture.completedFuture(CommandAnswer.done());
    }
    return CompletableFuture.completedFuture(
        CommandAnswer.problem("there is no such command: " + verb));
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
