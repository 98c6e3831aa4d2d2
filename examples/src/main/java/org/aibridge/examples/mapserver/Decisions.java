package org.aibridge.examples.mapserver;

import java.util.SplittableRandom;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
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
 * Applies the AI service's decisions to the realm: one handler a kind, called on the game thread.
 *
 * <p>A decision may have been good when it was taken and name someone who has left since: what
 * cannot be found fails with a sentence and changes nothing.
 */
final class Decisions {
  private final Realm realm;
  private final AppliedLog log;
  private final SplittableRandom dice;

  /** Creates the handlers; with dice of their own, they do not change what the players do. */
  Decisions(Realm realm, AppliedLog log, SplittableRandom dice) {
    this.realm = realm;
    this.log = log;
    this.dice = dice;
  }

  void registerWith(AiBridge bridge) {
    on(bridge, SpawnMonster.class, this::spawnMonster);
    on(bridge, SpawnNpc.class, this::spawnNpc);
    on(bridge, RemoveNpc.class, this::removeNpc);
    on(bridge, MoveNpc.class, this::moveNpc);
    on(bridge, GiveReward.class, this::giveReward);
    on(bridge, Broadcast.class, this::broadcast);
    on(bridge, CreateQuest.class, this::createQuest);
    on(bridge, SetMapFlag.class, this::setMapFlag);
    on(bridge, UpdateEconomy.class, this::updateEconomy);
  }

  private <A extends Action> void on(AiBridge bridge, Class<A> type, ActionHandler<A> handler) {
    bridge.onAction(
        type,
        action -> {
          log.begun(action.header());
          return record(action, handler.handle(action));
        });
  }

  private ActionReply record(Action action, ActionReply reply) {
    if (reply instanceof ActionReply.Pending pending) {
      return ActionReply.later(pending.stage().whenComplete((end, error) -> record(action, end)));
    }
    if (reply instanceof ActionReply.Outcome outcome && outcome.applied()) {
      log.applied(action.header());
    }
    return reply;
  }

  private ActionReply spawnMonster(SpawnMonster action) {
    GameMap map = realm.map(action.map());
    if (map == null) {
      return unknownMap(action.map());
    }
    if (!Catalogue.isMonster(action.monsterId())) {
      return failed("There is no monster %s", either(action.monster(), action.monsterId()));
    }
    if (isOutside(action.x(), action.y())) {
      return outside(map, action.x(), action.y());
    }
    if (map.monsterCount() + action.amount() > GameMap.MAX_MONSTERS) {
      return failed("%s is full of monsters", map);
    }
    for (int i = 0; i < action.amount(); i++) {
      int x = orAnywhere(action.x());
      map.add(new Monster(action.monsterId(), x, orAnywhere(action.y()), action.event()));
    }
    return done("%d of monster %d on %s", action.amount(), action.monsterId(), map);
  }

  private ActionReply spawnNpc(SpawnNpc action) {
    GameMap map = realm.map(action.map());
    if (map == null) {
      return unknownMap(action.map());
    }
    if (isOutside(action.x(), action.y())) {
      return outside(map, action.x(), action.y());
    }
    if (map.npcs().size() >= GameMap.MAX_NPCS) {
      return failed("%s is full of NPCs", map);
    }
    int x = orAnywhere(action.x());
    int y = orAnywhere(action.y());
    Npc npc = realm.addNpc(action.npcName(), map, x, y, action.sprite(), action.facing());
    return done("%s stands on %s as NPC %d", npc.name(), map, npc.id());
  }

  private ActionReply removeNpc(RemoveNpc action) {
    Npc npc = realm.npc(action.npc());
    if (npc == null) {
      return unknownNpc(action.npc());
    }
    realm.removeNpc(npc);
    return done("%s has left %s", npc.name(), npc.map());
  }

  private ActionReply moveNpc(MoveNpc action) {
    Npc npc = realm.npc(action.npc());
    if (npc == null) {
      return unknownNpc(action.npc());
    }
    if (isOutside(action.x(), action.y())) {
      return outside(npc.map(), action.x(), action.y());
    }
    return ActionReply.later(npc.walkTo(orAnywhere(action.x()), orAnywhere(action.y())));
  }

  private ActionReply giveReward(GiveReward action) {
    Player player = realm.player(action.player());
    if (player == null || !player.isOnline()) {
      return missing(action.player(), player);
    }
    if (action.quantity() != 0 && !Catalogue.ITEMS.contains(action.itemId())) {
      return failed("There is no item %s", either(action.item(), action.itemId()));
    }
    if (action.itemId() != 0) {
      player.receive(action.itemId(), action.quantity());
    }
    player.earn(action.zeny());
    player.learn(action.baseExp(), action.jobExp());
    return done("%s has been rewarded", player.name());
  }

  private ActionReply broadcast(Broadcast action) {
    GameMap map = realm.map(action.map());
    if (map == null && !action.map().isEmpty()) {
      return unknownMap(action.map());
    }
    int heard = 0;
    for (Player player : realm.players()) {
      if (player.isOnline() && (map == null || player.map() == map)) {
        player.hear(action.message());
        heard++;
      }
    }
    return done("%d players heard it", heard);
  }

  private ActionReply createQuest(CreateQuest action) {
    Player player = realm.player(action.player());
    if (player == null || !player.isOnline()) {
      return missing(action.player(), player);
    }
    if (!action.quest().isEmpty()) {
      return failed("There is no quest %s", action.quest());
    }
    if (player.hasQuest(action.questId())) {
      return failed("%s is on quest %d already", player.name(), action.questId());
    }
    if (player.questCount() >= Player.MAX_QUESTS) {
      return failed("%s has as many quests as one can have", player.name());
    }
    player.startQuest(action.questId());
    return done("%s is on quest %d", player.name(), action.questId());
  }

  private ActionReply setMapFlag(SetMapFlag action) {
    GameMap map = realm.map(action.map());
    if (map == null) {
      return unknownMap(action.map());
    }
    map.setFlag(action.flag(), action.value());
    return done("%s of %s is %d", action.flag(), map, action.value());
  }

  private ActionReply updateEconomy(UpdateEconomy action) {
    Shop shop = realm.shop(action.shopName(), action.shopId());
    if (shop == null) {
      return failed("There is no shop %s", either(action.shopName(), action.shopId()));
    }
    Shop.Ware ware = shop.ware(action.itemId());
    if (ware == null) {
      return failed(
          "%s does not sell item %s", shop.name(), either(action.item(), action.itemId()));
    }
    long price = action.price() == UpdateEconomy.UNCHANGED ? ware.price() : action.price();
    long stock = action.stock() == UpdateEconomy.UNCHANGED ? ware.stock() : action.stock();
    shop.set(action.itemId(), new Shop.Ware(price, stock));
    return done("%s has %d of item %d at %d z", shop.name(), stock, action.itemId(), price);
  }

  /** True for a cell nobody can stand on; cell (0, 0) means "anywhere" and is fine. */
  private static boolean isOutside(int x, int y) {
    return (x != 0 || y != 0) && !GameMap.isWalkable(x, y);
  }

  private int orAnywhere(int coordinate) {
    return coordinate == 0 ? 1 + dice.nextInt(GameMap.SIZE - 1) : coordinate;
  }

  private static ActionReply unknownMap(String name) {
    return failed("There is no map %s", name);
  }

  private static ActionReply outside(GameMap map, int x, int y) {
    return failed("Cell (%d, %d) of %s is not walkable", x, y, map);
  }

  private static ActionReply unknownNpc(NpcRef ref) {
    return failed("There is no NPC %s", either(ref.name(), ref.id()));
  }

  private static ActionReply missing(PlayerRef ref, Player player) {
    String who = either(ref.name().isEmpty() ? ref.key() : ref.name(), ref.id());
    return player == null ? failed("There is no player %s", who) : failed("%s is away", who);
  }

  private static String either(String name, long id) {
    return name.isEmpty() ? String.valueOf(id) : name;
  }

  private static ActionReply done(String sentence, Object... values) {
    return ActionReply.done(String.format(sentence, values));
  }

  private static ActionReply failed(String sentence, Object... values) {
    return ActionReply.failed(String.format(sentence, values));
  }
}
