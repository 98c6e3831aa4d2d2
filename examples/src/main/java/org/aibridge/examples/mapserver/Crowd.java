package org.aibridge.examples.mapserver;

import java.util.List;
import java.util.SplittableRandom;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.JsonText;

/** Decides at random what the players do, changes the world, and publishes the events. */
final class Crowd {
  /** New monsters appear on a field until it has this many. */
  static final int FIELD_POPULATION = 150;

  /** The most monsters that appear on a field in one tick. */
  private static final int GROWTH = 10;

  private static final int MVP_ODDS = 500;
  private static final int SCRIPT_ODDS = 8;
  private static final int MIN_PAUSE_TICKS = 8;
  private static final int PAUSE_SPREAD_TICKS = 18;
  private static final int MIN_AWAY_TICKS = 40;
  private static final int AWAY_SPREAD_TICKS = 100;
  private static final int PARTNER_TRIES = 8;
  private static final int FIRST_QUEST = 1_001;
  private static final int QUEST_KINDS = 50;

  private final Realm realm;
  private final EventTally tally;
  private final NpcTalk talk;
  private final SplittableRandom dice;
  private final JsonText payload = new JsonText();

  Crowd(Realm realm, EventTally tally, NpcTalk talk, SplittableRandom dice) {
    this.realm = realm;
    this.tally = tally;
    this.talk = talk;
    this.dice = dice;
  }

  void tick(int tick) {
    Catalogue.FIELDS.forEach(name -> growMonsters(realm.map(name)));
    for (Player player : realm.players()) {
      if (player.nextActTick() <= tick) {
        player.actAgainAt(tick + MIN_PAUSE_TICKS + dice.nextInt(PAUSE_SPREAD_TICKS));
        act(player, tick);
      }
    }
  }

  private void growMonsters(GameMap map) {
    for (int i = 0; i < GROWTH && map.monsterCount() < FIELD_POPULATION; i++) {
      List<Long> kinds = dice.nextInt(MVP_ODDS) == 0 ? Catalogue.MVPS : Catalogue.MONSTERS;
      map.add(new Monster(oneOf(kinds), cell(), cell(), ""));
    }
  }

  private void act(Player player, int tick) {
    if (!player.isOnline()) {
      player.setOnline(true);
      tally.publish(GameEvent.playerLogin(player.id(), player.map().name()));
      return;
    }
    int roll = dice.nextInt(1_000);
    if (roll < 5) {
      logOut(player, tick);
    } else if (roll < 100) {
      walkTo(player, anywhere());
    } else if (roll < 220) {
      talkToNpc(player);
    } else if (roll < 280) {
      trade(player);
    } else if (roll < 340) {
      quest(player);
    } else if (roll < 400) {
      shop(player);
    } else if (roll < 410) {
      siege(player);
    } else {
      hunt(player);
    }
  }

  private void logOut(Player player, int tick) {
    player.setOnline(false);
    talk.leave(player);
    player.actAgainAt(tick + MIN_AWAY_TICKS + dice.nextInt(AWAY_SPREAD_TICKS));
    tally.publish(GameEvent.playerLogout(player.id(), player.map().name()));
  }

  private void walkTo(Player player, GameMap map) {
    if (map == player.map()) {
      return;
    }
    String from = player.map().name();
    player.goTo(map);
    tally.publish(GameEvent.mapChange(player.id(), from, map.name()));
  }

  private void talkToNpc(Player player) {
    List<Npc> npcs = player.map().npcs();
    if (npcs.isEmpty()) {
      walkTo(player, realm.map(oneOf(Catalogue.TOWNS)));
      return;
    }
    Npc npc = oneOf(npcs);
    tally.publish(GameEvent.npcInteraction(player.id(), player.map().name(), npc.id()));
    if (dice.nextInt(SCRIPT_ODDS) == 0) {
      talk.talk(npc, player);
    }
  }

  private void trade(Player player) {
    for (int i = 0; i < PARTNER_TRIES; i++) {
      Player partner = oneOf(realm.players());
      if (partner != player && partner.isOnline() && partner.map() == player.map()) {
        long zeny = dice.nextLong(1 + Math.min(500, player.zeny()));
        player.pay(zeny);
        partner.earn(zeny);
        String map = player.map().name();
        tally.publish(GameEvent.tradeComplete(player.id(), map, partner.id(), zeny));
        return;
      }
    }
  }

  private void quest(Player player) {
    if (player.questCount() == 0) {
      player.startQuest(FIRST_QUEST + dice.nextInt(QUEST_KINDS));
      return;
    }
    long questId = player.completeQuest();
    player.earn(200);
    player.learn(500, 250);
    tally.publish(GameEvent.questComplete(player.id(), player.map().name(), questId));
  }

  private void shop(Player player) {
    if (!Catalogue.TOWNS.contains(player.map().name())) {
      walkTo(player, realm.map(oneOf(Catalogue.TOWNS)));
      return;
    }
    oneOf(realm.shops()).sellOne(oneOf(Catalogue.ITEMS), player);
  }

  private void siege(Player player) {
    GameMap field = realm.map(Catalogue.SIEGE_FIELD);
    if (player.map() != field) {
      walkTo(player, field);
      return;
    }
    payload.reset().put("castle", "gef_castle01").put("damage", 1 + dice.nextInt(9_999));
    String json = payload.put("guild", "Guild " + player.id() % 7).toString();
    tally.publish(GameEvent.custom("siege_damage", player.id(), field.name(), json));
  }

  private void hunt(Player player) {
    GameMap map = player.map();
    if (map.monsterCount() == 0) {
      walkTo(player, realm.map(oneOf(Catalogue.FIELDS)));
      return;
    }
    Monster killed = map.kill(dice.nextInt(map.monsterCount()));
    boolean mvp = Catalogue.isMvp(killed.id());
    player.learn(mvp ? 5_000 : 20, mvp ? 2_500 : 10);
    player.earn(mvp ? 1_000 : 5);
    tally.publish(
        mvp
            ? GameEvent.mvpKill(player.id(), map.name(), killed.id())
            : GameEvent.monsterKill(player.id(), map.name(), killed.id()));
    callLabel(player, killed);
    if (mvp || dice.nextInt(10) < 3) {
      drop(player);
    }
  }

  private void callLabel(Player player, Monster killed) {
    if (!killed.label().isEmpty()) {
      payload.reset().put("label", killed.label()).put("monster_id", killed.id());
      String map = player.map().name();
      tally.publish(GameEvent.custom("label_called", player.id(), map, payload.toString()));
    }
  }

  private void drop(Player player) {
    long item = oneOf(Catalogue.ITEMS);
    int amount = 1 + dice.nextInt(3);
    player.receive(item, amount);
    tally.publish(GameEvent.itemDrop(player.id(), player.map().name(), item, amount));
  }

  private GameMap anywhere() {
    return realm.map(oneOf(dice.nextInt(4) == 0 ? Catalogue.TOWNS : Catalogue.FIELDS));
  }

  private int cell() {
    return 1 + dice.nextInt(GameMap.SIZE - 1);
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(dice.nextInt(choices.size()));
  }
}
