package org.aibridge.examples.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Decides by two rules of thumb; put your AI here. */
public final class Rules implements Worker.Brain {
  private static final int REWARD_ZENY = 100;

  @Override
  public List<ObjectNode> decide(JsonNode event) {
    return switch (event.path("event_type").asText()) {
      case "quest_complete" ->
          List.of(
              action(
                  "give_reward",
                  payload()
                      .put("player_id", event.path("player_id").asLong())
                      .put("zeny", REWARD_ZENY)));
      case "mvp_kill" ->
          List.of(
              action(
                  "broadcast",
                  payload()
                      .put("message", "A boss has fallen in " + event.path("map").asText() + ".")));
      default -> List.of();
    };
  }

  private static ObjectNode payload() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static ObjectNode action(String type, ObjectNode payload) {
    ObjectNode action = JsonNodeFactory.instance.objectNode().put("action_type", type);
    action.set("payload", payload);
    return action;
  }
}
