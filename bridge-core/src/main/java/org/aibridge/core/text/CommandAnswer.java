package org.aibridge.core.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The answer to an operator's command: a JSON object with {@code ok}, and with {@code problem} if
 * that is false. More fields depend on the command.
 */
public final class CommandAnswer {
  private CommandAnswer() {}

  /** Returns the answer for a command that was executed. */
  public static ObjectNode done() {
    return JsonNodeFactory.instance.objectNode().put("ok", true);
  }

  /** Returns the answer for a command that was not executed, or only in part. */
  public static ObjectNode problem(String problem) {
    return JsonNodeFactory.instance.objectNode().put("ok", false).put("problem", problem);
  }

  public static boolean isDone(JsonNode answer) {
    return answer.path("ok").asBoolean();
  }

  /** Returns why the command was not executed; empty if it was executed. */
  public static String problemOf(JsonNode answer) {
    return answer.path("problem").asText();
  }
}
