package org.aibridge.companion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aibridge.api.Position;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.MoveNpc;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.RemoveNpc;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.SpawnNpc;
import org.aibridge.api.action.UpdateEconomy;

/**
 * The fields of an action under the names of docs/actions.md. What an action does not have has no
 * field.
 */
final class ServerFields {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_NAME = 255;
  private static final int MAX_TEXT = 65_536;

  private final List<ActionField> fields = new ArrayList<>();
  private final ServerText text;

  /** True if no field was shortened. */
  private boolean whole = true;

  private ServerFields(ServerText text) {
    this.text = text;
  }

  /** Returns the fields; null if a field is too long, since the server must not get a cut text. */
  static List<ActionField> of(Action action, ServerText text) {
    ServerFields all = new ServerFields(text);
    all.add(action);
    return all.whole ? all.fields : null;
  }

  private void add(Action action) {
    if (action instanceof SpawnMonster spawn) {
      put("map", spawn.map());
      id("monster_id", spawn.monsterId());
      put("monster", spawn.monster());
      place(spawn.position());
      put("amount", spawn.amount());
      put("event", spawn.event());
    } else if (action instanceof SpawnNpc spawn) {
      put("map", spawn.map());
      put("npc_name", spawn.npcName());
      place(spawn.position());
      put("sprite", spawn.sprite());
      put("facing", spawn.facing());
    } else if (action instanceof MoveNpc move) {
      npc(move.npc());
      place(move.position());
    } else if (action instanceof RemoveNpc remove) {
      npc(remove.npc());
    } else if (action instanceof GiveReward reward) {
      player(reward.player());
      id("item_id", reward.itemId());
      put("item", reward.item());
      put("quantity", reward.quantity());
      put("zeny", reward.zeny());
      put("base_exp", reward.baseExp());
      put("job_exp", reward.jobExp());
    } else if (action instanceof Broadcast broadcast) {
      put("message", broadcast.message());
      put("map", broadcast.map());
    } else if (action instanceof CreateQuest quest) {
      id("quest_id", quest.questId());
      put("quest", quest.quest());
      player(quest.player());
    } else if (action instanceof SetMapFlag flag) {
      put("map", flag.map());
      put("flag", flag.flag());
      put("value", flag.value());
    } else if (action instanceof UpdateEconomy economy) {
      put("shop_name", economy.shopName());
      id("shop_id", economy.shopId());
      id("item_id", economy.itemId());
      put("item", economy.item());
      changed("price", economy.price());
      changed("stock", economy.stock());
    } else if (action instanceof CustomAction custom) {
      id("target_player_id", custom.targetPlayerId());
      put("target_player_key", custom.targetPlayerKey());
      put("target_map", custom.targetMap());
      ((Map<String, ?>) custom.body().values()).forEach(this::member);
    }
  }

  private void member(String name, Object value) {
    if (value == null) {
      return;
    }
    whole &= name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME;
    if (value instanceof Boolean flag) {
      fields.add(
          new ActionField(name, RingLayout.BOOLEAN, flag ? 1 : 0, bytes(flag ? "true" : "false")));
    } else if (value instanceof Integer || value instanceof Long) {
      put(name, ((Number) value).longValue());
    } else if (value instanceof String words) {
      fields.add(new ActionField(name, RingLayout.TEXT, 0, bytes(words)));
    } else {
      fields.add(new ActionField(name, RingLayout.TEXT, 0, bytes(json(value))));
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  private void player(PlayerRef player) {
    id("player_id", player.id());
    put("player_name", player.name());
    put("player_key", player.key());
  }

  private void npc(NpcRef npc) {
    put("npc_name", npc.name());
    id("npc_id", npc.id());
  }

  private void place(Position place) {
    if (place.isGiven()) {
      put("x", place.x());
      put("y", place.y());
      if (place.hasZ()) {
        put("z", place.z());
      }
    }
  }

  private void id(String name, long number) {
    if (number != 0) {
      put(name, number);
    }
  }

  private void changed(String name, long number) {
    if (number != UpdateEconomy.UNCHANGED) {
      put(name, number);
    }
  }

  private void put(String name, long number) {
    fields.add(new ActionField(name, RingLayout.INTEGER, number, bytes(Long.toString(number))));
  }

  private void put(String name, String words) {
    if (!words.isEmpty()) {
      fields.add(new ActionField(name, RingLayout.TEXT, 0, bytes(words)));
    }
  }

  private byte[] bytes(String words) {
    byte[] bytes = text.encode(words, MAX_TEXT + ServerText.MAX_CHARACTER);
    whole &= bytes.length <= MAX_TEXT;
    return bytes;
  }
}
