package org.aibridge.testdouble;

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
 * What the contract asks of an action, which the bridge checks before a handler sees it: ranges,
 * lengths, and that what must be named is. Keeps the first sentence that a field deserves.
 */
final class ActionRules {
  private static final long UINT32 = 0xFFFF_FFFFL;
  private static final long INT32 = Integer.MAX_VALUE;
  private static final int MAX_NAME = 64;
  private static final int MAX_MESSAGE = 255;
  private static final int MAX_AMOUNT = 100;
  private static final int MAX_CELL = 32_767;

  private String problem = "";

  private ActionRules() {}

  /** Returns why the bridge refuses {@code action} on arrival; empty if the bridge accepts it. */
  static String refusal(Action action) {
    ActionRules rules = new ActionRules();
    rules.check(action);
    return rules.problem;
  }

  private void check(Action action) {
    if (action instanceof SpawnMonster a) {
      map(a.map());
      thing("monster_id", a.monsterId(), "monster", a.monster(), true);
      number("amount", a.amount(), 1, MAX_AMOUNT);
      name("event", a.event(), false);
    } else if (action instanceof SpawnNpc a) {
      map(a.map());
      name("npc_name", a.npcName(), true);
      name("sprite", a.sprite(), false);
      number("facing", a.facing(), 0, 7);
    } else if (action instanceof RemoveNpc a) {
      npc(a.npc());
    } else if (action instanceof MoveNpc a) {
      npc(a.npc());
      if (!a.position().isGiven()) {
        say("x is missing, a whole number from 0 to " + MAX_CELL);
      }
    } else if (action instanceof GiveReward a) {
      reward(a);
    } else if (action instanceof Broadcast a) {
      text("message", a.message(), MAX_MESSAGE, true);
      name("map", a.map(), false);
    } else if (action instanceof CreateQuest a) {
      thing("quest_id", a.questId(), "quest", a.quest(), true);
      player(a.player());
    } else if (action instanceof SetMapFlag a) {
      map(a.map());
      name("flag", a.flag(), true);
    } else if (action instanceof UpdateEconomy a) {
      economy(a);
    } else if (action instanceof CustomAction a) {
      id("target_player_id", a.targetPlayerId());
      key("target_player_key", a.targetPlayerKey());
      name("target_map", a.targetMap(), false);
    }
  }

  private void reward(GiveReward a) {
    boolean none = a.itemId() == 0 && a.item().isEmpty();
    thing("item_id", a.itemId(), "item", a.item(), false);
    if (a.quantity() != 0 || !none) {
      number("quantity", a.quantity(), 1, INT32);
    }
    number("zeny", a.zeny(), 0, INT32);
    number("base_exp", a.baseExp(), 0, Long.MAX_VALUE);
    number("job_exp", a.jobExp(), 0, Long.MAX_VALUE);
    if (none && a.quantity() > 0) {
      say("quantity without item_id or item");
    }
    if (none && a.zeny() == 0 && a.baseExp() == 0 && a.jobExp() == 0) {
      say("nothing to give: item_id, item, zeny, base_exp and job_exp are all missing");
    }
    player(a.player());
  }

  private void economy(UpdateEconomy a) {
    if (a.shopName().isEmpty() && a.shopId() == 0) {
      say("shop_name or shop_id is missing");
    }
    change("price", a.price());
    change("stock", a.stock());
    if (a.price() == UpdateEconomy.UNCHANGED && a.stock() == UpdateEconomy.UNCHANGED) {
      say("price and stock are both missing");
    }
    thing("item_id", a.itemId(), "item", a.item(), true);
    name("shop_name", a.shopName(), false);
    id("shop_id", a.shopId());
  }

  private void change(String field, long value) {
    if (value != UpdateEconomy.UNCHANGED) {
      number(field, value, 0, INT32);
    }
  }

  private void npc(NpcRef npc) {
    if (npc.name().isEmpty() && npc.id() == 0) {
      say("npc_name or npc_id is missing");
    }
    name("npc_name", npc.name(), false);
    id("npc_id", npc.id());
  }

  private void player(PlayerRef player) {
    if (player.id() == 0 && player.name().isEmpty() && player.key().isEmpty()) {
      say("player_id, player_name or player_key is missing");
    }
    id("player_id", player.id());
    name("player_name", player.name(), false);
    key("player_key", player.key());
  }

  private void thing(String byId, long id, String byName, String name, boolean required) {
    if (id != 0 && !name.isEmpty()) {
      say(byId + " and " + byName + " are both given: one of the two");
    }
    id(byId, id);
    key(byName, name);
    if (required && id == 0 && name.isEmpty()) {
      say(byId + " or " + byName + " is missing");
    }
  }

  private void map(String map) {
    name("map", map, true);
  }

  /** Checks a number that serves as an id; 0 means none. */
  private void id(String field, long value) {
    if (value != 0) {
      number(field, value, 1, UINT32);
    }
  }

  private void number(String field, long value, long min, long max) {
    if (value < min || value > max) {
      say(field + " must be a whole number from " + min + " to " + max + ", not " + value);
    }
  }

  private void name(String field, String value, boolean required) {
    text(field, value, MAX_NAME, required);
  }

  private void key(String field, String value) {
    name(field, value, false);
    int bytes = JsonRules.bytes(value);
    if (bytes > MAX_NAME) {
      say(field + " must be a text of 1 to " + MAX_NAME + " bytes in UTF-8, not one of " + bytes);
    }
  }

  private void text(String field, String value, int max, boolean required) {
    int length = value.codePointCount(0, value.length());
    if (value.isEmpty()) {
      if (required) {
        say(field + " is missing, a text of 1 to " + max + " characters");
      }
    } else if (value.isBlank() || length > max) {
      String given = value.length() > MAX_NAME ? "one of " + length : '"' + value + '"';
      say(field + " must be a text of 1 to " + max + " characters, not " + given);
    } else if (!JsonRules.isWhole(value) || value.chars().anyMatch(Character::isISOControl)) {
      say(field + " must be a text without control characters or halves of characters");
    }
  }

  private void say(String sentence) {
    if (problem.isEmpty()) {
      problem = sentence;
    }
  }
}
