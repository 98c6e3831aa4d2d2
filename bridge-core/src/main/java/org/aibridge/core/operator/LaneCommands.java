package org.aibridge.core.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.aibridge.core.dispatch.LaneState;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.CommandAnswer;

/**
 * Answers the operators' commands on lanes: {@code show}, and {@code set-aside}, which makes dead
 * letters of the batch that {@code batch} names.
 */
public final class LaneCommands {
  /** The group that these commands belong to. */
  public static final String GROUP = "lanes";

  private final Supplier<List<LaneState>> lanes;
  private final UnaryOperator<String> setAside;
  private final Executor thread;

  /**
   * @param lanes returns what each lane does
   * @param setAside sets a batch aside, and returns why it cannot; empty if it does
   * @param thread runs a task on the dispatcher's thread, as both of these must be
   */
  public LaneCommands(
      Supplier<List<LaneState>> lanes, UnaryOperator<String> setAside, Executor thread) {
    this.lanes = lanes;
    this.setAside = setAside;
    this.thread = thread;
  }

  /** Executes {@code command} and answers it; never blocks. */
  public CompletionStage<ObjectNode> answer(ObjectNode command) {
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            answer.complete(now(command));
          } catch (Throwable e) { // The dispatcher must survive an error of a command.
            answer.complete(CommandAnswer.problem(Reason.sentence(e)));
          }
        });
    return answer;
  }

  private ObjectNode now(ObjectNode command) {
    String verb = command.path("do").asText();
    return switch (verb) {
      case "show" -> show();
      case "set-aside" -> aside(command.path("batch").asText());
      default -> CommandAnswer.problem("there is no such command: " + verb);
    };
  }

  private ObjectNode show() {
    ObjectNode answer = CommandAnswer.done();
    ArrayNode rows = answer.putArray("lanes");
    for (LaneState lane : lanes.get()) {
      rows.addObject()
          .put("sink", lane.sink())
          .put("lane", lane.number())
          .put("events", lane.events())
          .put("oldest_ms", lane.oldestMs())
          .put("state", lane.state())
          .put("batch", lane.batch())
          .put("batch_events", lane.batchEvents())
          .put("next_ms", lane.nextMs())
          .put("said", lane.said());
    }
    return answer;
  }

  private ObjectNode aside(String batch) {
    String problem = setAside.apply(batch);
    return problem.isEmpty() ? CommandAnswer.done() : CommandAnswer.problem(problem);
  }
}
