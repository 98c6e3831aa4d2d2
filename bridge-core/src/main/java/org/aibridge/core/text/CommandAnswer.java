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

  /** Returns an answer: the command was done. */
  public static ObjectNode done() {
    return JsonNodeFactory.instance.objectNode().put("ok", true);
  }

  /** Returns an answer: the command was not done, or only in part. */
  public static ObjectNode problem(String problem) {
    return JsonNodeFactory.instance.objectNode().put("ok", false).put("problem", problem);
  }

  public static boolean isDone(JsonNode answer) {
    return answer.path("ok").asBoolean();
  }

  /** Returns why the command was not done; empty if it was. */
  public static String problemOf(JsonNode answer) {
    return answer.path("problem").asText();
  }
}
