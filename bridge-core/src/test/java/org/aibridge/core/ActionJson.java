package org.aibridge.core;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Set;
import org.aibridge.api.Position;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.UpdateEconomy;

/** Writes an action as the AI service would send it. */
final class ActionJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What counts even when it is 0. */
  private static final Set<String> ALWAYS = Set.of("amount", "facing", "value");

  private ActionJson() {}

  static ObjectNode of(Action action) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("action_id", action.id()).put("action_type", action.header().type());
    json.put("priority", action.priority());
    try {
      if (action instanceof CustomAction custom) {
        put(json, "target_player_id", custom.targetPlayerId());
        put(json, "target_player_key", custom.targetPlayerKey());
        put(json, "target_map", custom.targetMap());
        json.set("payload", MAPPER.readTree(custom.payloadJson()));
        return json;
      }
      ObjectNode payload = json.putObject("payload");
      for (RecordComponent component : action.getClass().getRecordComponents()) {
        put(payload, component.getName(), component.getAccessor().invoke(action));
      }
      if (action instanceof Broadcast broadcast && !broadcast.map().isEmpty()) {
        payload.put("type", "map");
      }
      return json;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void put(ObjectNode to, String component, Object value) {
    String name = component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    if (value instanceof Position place) {
      if (place.isGiven()) {
        ObjectNode position = to.putObject("position").put("x", place.x()).put("y", place.y());
        if (place.hasZ()) {
          position.put("z", place.z());
        }
      }
    } else if (value instanceof PlayerRef player) {
      put(to, "player_id", player.id());
      put(to, "player_name", player.name());
      put(to, "player_key", player.key());
    } else if (value instanceof NpcRef npc) {
      put(to, "npc_name", npc.name());
      put(to, "npc_id", npc.id());
    } else if (value instanceof String text) {
      if (!text.isEmpty()) {
        to.put(name, text);
      }
    } else if (!(value instanceof ActionHeader)) {
      long number = ((Number) value).longValue();
      long absent = name.equals("price") || name.equals("stock") ? UpdateEconomy.UNCHANGED : 0;
      if (number != absent || ALWAYS.contains(name)) {
        to.put(name, number);
      }
    }
  }
}
