package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Turns what happens in the game into what should happen next: rules of thumb and a seeded die.
 *
 * <p>Pure logic: no clock (the events' own time serves), no files. The same events and budgets with
 * the same seed give the same decisions. Not safe for threads.
 *
 * <p>Every type of action is decided at least once within the first few hundred events, whatever
 * they are, provided one of them has a player. Decisions beyond the budget wait, a few of each
 * type; when too many of a type wait, new ones are not made.
 */
final class Decider {
  private static final int LOGINS_PER_WELCOME = 50;
  private static final int KILLS_PER_HORDE = 40;
  private static final int KILLS_PER_FLAG = 150;
  private static final int TALKS_PER_MOVE = 25;
  private static final int TRADES_PER_RESTOCK = 20;
  private static final int QUESTS_PER_QUEST = 2;
  private static final int QUESTS_PER_MERCHANT = 5;
  private static final int ARRIVALS_PER_NOTICE = 60;
  private static final int DECISIONS_PER_ABSURDITY = 40;
  private static final int FIRST_ABSURDITY = 200;
  private static final int MAX_WAITING_PER_TYPE = 4;

  /** A merchant stays, and a flag stays raised, for this game time in ms or number of events. */
  private static final long STAY_MS = 3_000;

  private static final int STAY_EVENTS = 3_000;

  private static final int FIRST_QUEST = 1_001;

  /** For each action type: after this number of events, one is decided even without a rule. */
  private static final List<Floor> FLOORS =
      List.of(
          new Floor("broadcast", 30),
          new Floor("spawn_monster", 60),
          new Floor("move_npc", 90),
          new Floor("spawn_npc", 120),
          new Floor("set_map_flag", 150),
          new Floor("update_economy", 180),
          new Floor("give_reward", 210),
          new Floor("create_quest", 240));

  private final Random random;
  private final Drafts drafts;
  private final Map<String, Integer> counts = new HashMap<>();
  private final Set<String> everWanted = new HashSet<>();
  private final Set<String> flagged = new HashSet<>();
  private final Deque<Decision> waiting = new ArrayDeque<>();
  private final List<Later> later = new ArrayList<>();
  private String merchant = "";
  private int merchants;
  private long seen;
  private long nowMs;
  private long player;

  Decider(long seed) {
    random = new Random(seed);
    drafts = new Drafts(random);
  }

  /** Considers the events in order; returns at most {@code budget} decisions. */
  List<Decision> decide(List<Event> events, int budget) {
    events.forEach(this::observe);
    List<Decision> made = new ArrayList<>();
    while (made.size() < budget && !waiting.isEmpty()) {
      made.add(waiting.remove());
    }
    return made;
  }

  /** Takes over an earlier run's decision, so that its merchant leaves or its flag is lowered. */
  void recall(JsonNode action) {
    String type = action.path("action_type").asText();
    JsonNode payload = action.path("payload");
    everWanted.add(type);
    switch (type) {
      case "spawn_npc" -> {
        merchants++;
        merchantArrived(payload.path("npc_name").asText(), 0, 0);
      }
      case "remove_npc" -> {
        merchant = "";
        later.removeIf(one -> one.decision.type().equals(type));
      }
      case "set_map_flag" -> recallFlag(payload.path("map").asText(), payload.path("value"));
      default -> {}
    }
  }

  private void recallFlag(String map, JsonNode value) {
    if (value.asInt() != 0) {
      flagRaised(map, 0, 0);
      return;
    }
    flagged.remove(map);
    later.removeIf(one -> one.decision.payload().path("map").asText().equals(map));
  }

  private void observe(Event event) {
    seen++;
    nowMs = event.timestampMs();
    player = event.playerId() > 0 ? event.playerId() : player;
    applyRules(event);
    later.removeIf(this::isDone);
    FLOORS.forEach(this::keepFloor);
    if (seen == FIRST_ABSURDITY) {
      waiting.add(drafts.absurdity());
    }
  }

  private void applyRules(Event event) {
    switch (event.type()) {
      case "player_login" -> onLogin();
      case "monster_kill" -> onKill(event.map());
      case "mvp_kill" -> onMvpKill(event);
      case "npc_interaction" -> onTalk(event.map());
      case "trade_complete" -> onTrade();
      case "quest_complete" -> onQuest(event);
      case "map_change" -> onArrival(event);
      default -> {}
    }
  }

  private void onLogin() {
    if (count("logins") % LOGINS_PER_WELCOME == 1) {
      want(drafts.welcome());
    }
  }

  private void onKill(String map) {
    if (!KnownNames.MAPS.contains(map)) {
      return;
    }
    int kills = count("kills " + map);
    if (kills % KILLS_PER_HORDE == 0) {
      want(drafts.horde(map));
    }
    if (kills % KILLS_PER_FLAG == 0 && !flagged.contains(map)) {
      raiseFlag(map);
    }
  }

  private void onMvpKill(Event event) {
    if (event.playerId() > 0) {
      want(drafts.reward(event.playerId()));
    }
  }

  private void onTalk(String map) {
    if (KnownNames.MAPS.contains(map) && count("talks " + map) % TALKS_PER_MOVE == 0) {
      want(drafts.walk());
    }
  }

  private void onTrade() {
    if (count("trades") % TRADES_PER_RESTOCK == 0) {
      want(drafts.restock());
    }
  }

  private void onQuest(Event event) {
    int quests = count("quests");
    if (quests % QUESTS_PER_QUEST == 0 && event.playerId() > 0) {
      want(drafts.quest(event.playerId(), event.payload().path("quest_id").asInt(0) + 1));
    }
    if (quests % QUESTS_PER_MERCHANT == 0) {
      sendMerchant();
    }
  }

  private void onArrival(Event event) {
    String map = event.payload().path("to_map").asText(event.map());
    if (KnownNames.MAPS.contains(map) && count("arrivals " + map) % ARRIVALS_PER_NOTICE == 0) {
      want(drafts.notice(map));
    }
  }

  private void keepFloor(Floor floor) {
    if (seen < floor.events || everWanted.contains(floor.type)) {
      return;
    }
    switch (floor.type) {
      case "broadcast" -> want(drafts.welcome());
      case "spawn_monster" -> want(drafts.horde(drafts.anyMap()));
      case "move_npc" -> want(drafts.walk());
      case "spawn_npc" -> sendMerchant();
      case "set_map_flag" -> raiseFlag(drafts.anyMap());
      case "update_economy" -> want(drafts.restock());
      case "give_reward" -> wantForPlayer(drafts.reward(player));
      case "create_quest" -> wantForPlayer(drafts.quest(player, FIRST_QUEST));
      default -> throw new IllegalStateException(floor.type);
    }
  }

  private void wantForPlayer(Decision decision) {
    if (player > 0) {
      want(decision);
    }
  }

  /**
   * Puts the decision in the line, unless too many like it wait. The first of its type goes to the
   * front, so that a busy line hides none; a removal never overtakes the arrival it belongs to.
   */
  private boolean want(Decision decision) {
    String type = decision.type();
    if (everWanted.add(type) && !type.equals("remove_npc")) {
      waiting.addFirst(decision);
      return true;
    }
    if (waiting.stream().filter(one -> one.type().equals(type)).count() >= MAX_WAITING_PER_TYPE) {
      return false;
    }
    waiting.add(decision);
    if (random.nextInt(DECISIONS_PER_ABSURDITY) == 0) {
      waiting.add(drafts.absurdity());
    }
    return true;
  }

  private void sendMerchant() {
    if (!merchant.isEmpty()) {
      return;
    }
    String name = "Merchant " + (merchants + 1);
    if (want(drafts.arrival(name))) {
      merchants++;
      merchantArrived(name, seen + STAY_EVENTS, nowMs + STAY_MS);
    }
  }

  private void merchantArrived(String name, long untilEvent, long untilMs) {
    merchant = name;
    later.add(new Later(untilEvent, untilMs, drafts.departure(name), () -> merchant = ""));
  }

  private void raiseFlag(String map) {
    if (want(drafts.flag(map, 1))) {
      flagRaised(map, seen + STAY_EVENTS, nowMs + STAY_MS);
    }
  }

  private void flagRaised(String map, long untilEvent, long untilMs) {
    flagged.add(map);
    later.add(new Later(untilEvent, untilMs, drafts.flag(map, 0), () -> flagged.remove(map)));
  }

  /** True if a postponed decision was due and is now in the queue. */
  private boolean isDone(Later one) {
    boolean due = seen >= one.untilEvent || nowMs >= one.untilMs;
    if (!due || !want(one.decision)) {
      return false;
    }
    one.then.run();
    return true;
  }

  private int count(String what) {
    return counts.merge(what, 1, Integer::sum);
  }

  private record Floor(String type, int events) {}

  private record Later(long untilEvent, long untilMs, Decision decision, Runnable then) {}
}
