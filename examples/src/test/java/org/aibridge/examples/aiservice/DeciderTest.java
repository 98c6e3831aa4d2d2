package org.aibridge.examples.aiservice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service decides, without the service. */
final class DeciderTest {
  private static final Set<String> TYPES =
      Set.of(
          "spawn_monster",
          "spawn_npc",
          "remove_npc",
          "move_npc",
          "give_reward",
          "broadcast",
          "create_quest",
          "set_map_flag",
          "update_economy");

  private static final String[] EVENT_TYPES = {
    "monster_kill",
    "monster_kill",
    "monster_kill",
    "monster_kill",
    "item_drop",
    "map_change",
    "npc_interaction",
    "player_login",
    "player_logout",
    "trade_complete",
    "quest_complete"
  };

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 7, 42, 1_000_003})
  void decidesEveryTypeWithinTenSecondsOfAQuietServer(long seed) {
    assertThat(types(play(seed, 10, 60))).containsAll(TYPES);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 7, 42, 1_000_003})
  void decidesEveryTypeWithinTenSecondsOfABusyServer(long seed) {
    assertThat(types(play(seed, 10, 1_000))).containsAll(TYPES);
  }

  @Test
  void decidesEveryTypeWhenNothingButLogoutsHappens() {
    List<Decision> decided = new ArrayList<>();
    Decider decider = new Decider(3);
    for (int n = 0; n < 600; n++) {
      decided.addAll(decider.decide(List.of(event("player_logout", 5, "", n * 16)), 20));
    }

    assertThat(types(decided)).containsAll(TYPES);
  }

  @Test
  void givesNoRewardWhenNobodyIsKnown() {
    List<Event> nobody = new ArrayList<>();
    for (int n = 0; n < 2_000; n++) {
      nobody.add(event(n % 2 == 0 ? "mvp_kill" : "quest_complete", 0, "prontera", n));
    }

    assertThat(types(new Decider(3).decide(nobody, 10_000)))
        .doesNotContain("give_reward", "create_quest");
  }

  @Test
  void aHordeComesToTheMapOfFortyKills() {
    Decider decider = new Decider(1);
    assertThat(decider.decide(repeat(39, "monster_kill", "geffen"), 9)).noneMatch(this::isHorde);

    List<Decision> decided = decider.decide(repeat(1, "monster_kill", "geffen"), 9);

    assertThat(decided).filteredOn(this::isHorde).hasSize(1);
    ObjectNode horde = decided.get(0).payload();
    assertThat(horde.path("map").asText()).isEqualTo("geffen");
    assertThat(horde.path("amount").asInt()).isBetween(3, 10);
    assertThat(KnownNames.MONSTERS).contains(horde.path("monster_id").asInt());
  }

  @Test
  void welcomesTheFirstLoginAndThenOneInFifty() {
    Decider decider = new Decider(1);

    assertThat(broadcasts(decider.decide(repeat(1, "player_login", ""), 99))).isEqualTo(1);
    assertThat(broadcasts(decider.decide(repeat(49, "player_login", ""), 99))).isZero();
    assertThat(broadcasts(decider.decide(repeat(1, "player_login", ""), 99))).isEqualTo(1);
  }

  @Test
  void rewardsThePlayerWhoSlewTheMvp() {
    List<Decision> decided =
        new Decider(1).decide(List.of(event("mvp_kill", 4_000_000_000L, "geffen", 1)), 9);

    assertThat(decided).hasSize(1);
    assertThat(decided.get(0).type()).isEqualTo("give_reward");
    assertThat(decided.get(0).payload().path("player_id").asLong()).isEqualTo(4_000_000_000L);
  }

  @Test
  void aMerchantLeavesUnderTheNameItCameWithAndAFlagIsLowered() {
    List<Decision> decided = play(5, 60, 300);
    List<String> npcs = new ArrayList<>();
    List<String> flags = new ArrayList<>();
    for (Decision one : decided) {
      String name = one.payload().path("npc_name").asText();
      String map = one.payload().path("map").asText();
      switch (one.type()) {
        case "spawn_npc" -> assertThat(npcs).isEmpty();
        case "remove_npc" -> assertThat(npcs.remove(name)).as(name).isTrue();
        case "set_map_flag" -> {
          boolean raised = one.payload().path("value").asInt() == 1;
          assertThat(flags.remove(map)).as(map).isEqualTo(!raised);
          if (raised) {
            flags.add(map);
          }
        }
        default -> {}
      }
      if (one.type().equals("spawn_npc")) {
        npcs.add(name);
      }
    }
    assertThat(decided).filteredOn(one -> one.type().equals("remove_npc")).hasSizeGreaterThan(3);
    assertThat(decided).filteredOn(one -> one.type().equals("set_map_flag")).hasSizeGreaterThan(6);
  }

  @Test
  void anEarlierRunsMerchantLeavesAndItsFlagIsLowered() {
    Decider decider = new Decider(1);
    decider.recall(action("spawn_npc", object().put("npc_name", "Merchant 1")));
    decider.recall(action("set_map_flag", object().put("map", "payon").put("value", 1)));
    decider.recall(action("set_map_flag", object().put("map", "morocc").put("value", 1)));
    decider.recall(action("set_map_flag", object().put("map", "morocc").put("value", 0)));

    List<Decision> decided = decider.decide(repeat(1, "item_drop", ""), 9);

    assertThat(decided)
        .extracting(one -> one.type() + one.payload())
        .containsExactlyInAnyOrder(
            "remove_npc{\"npc_name\":\"Merchant 1\"}",
            "set_map_flag{\"map\":\"payon\",\"flag\":\"danger\",\"value\":0}");
  }

  @Test
  void neverDecidesMoreThanTheBudgetAndKeepsTheRestForLater() {
    Decider decider = new Decider(1);

    assertThat(decider.decide(repeat(400, "monster_kill", "payon"), 0)).isEmpty();
    assertThat(decider.decide(List.of(), 2)).hasSize(2);
    assertThat(decider.decide(List.of(), 100)).hasSizeBetween(4, 40);
    assertThat(decider.decide(List.of(), 100)).isEmpty();
  }

  @Test
  void sameSeedSameDecisions() {
    assertThat(play(9, 20, 200)).isEqualTo(play(9, 20, 200));
    assertThat(play(9, 20, 200)).isNotEqualTo(play(10, 20, 200));
  }

  @Test
  void isAbsurdNowAndThenAndOnlyWhenMarked() {
    List<Decision> decided = play(11, 60, 300);
    List<Decision> absurd = decided.stream().filter(Decision::absurd).toList();

    assertThat(absurd).hasSizeBetween(3, decided.size() / 10);
    assertThat(absurd).allMatch(one -> !isSane(one));
    assertThat(decided).filteredOn(one -> !one.absurd()).allMatch(DeciderTest::isSane);
  }

  /** The protocol's table, and the names the game knows. */
  private static boolean isSane(Decision one) {
    ObjectNode p = one.payload();
    boolean onMap = KnownNames.MAPS.contains(p.path("map").asText());
    return switch (one.type()) {
      case "spawn_monster" ->
          onMap
              && KnownNames.MONSTERS.contains(p.path("monster_id").asInt())
              && p.path("amount").asInt() >= 1
              && p.path("amount").asInt() <= 100;
      case "spawn_npc" -> onMap && p.path("npc_name").asText().startsWith("Merchant ");
      case "remove_npc" -> p.path("npc_name").asText().startsWith("Merchant ");
      case "move_npc" ->
          KnownNames.NPCS.contains(p.path("npc_name").asText()) && p.has("x") && p.has("y");
      case "give_reward" ->
          p.path("player_id").asLong() > 0
              && KnownNames.ITEMS.contains(p.path("item_id").asInt())
              && p.path("quantity").asInt() > 0;
      case "broadcast" ->
          p.path("message").asText().length() <= 255
              && (p.path("type").asText().equals("all")
                  || p.path("type").asText().equals("map") && onMap);
      case "create_quest" -> p.path("player_id").asLong() > 0 && p.path("quest_id").asInt() > 0;
      case "set_map_flag" -> onMap && p.has("flag") && p.has("value");
      case "update_economy" ->
          KnownNames.SHOPS.contains(p.path("shop_name").asText())
              && KnownNames.ITEMS.contains(p.path("item_id").asInt());
      default -> false;
    };
  }

  /** A server's life: batches ten times a second, a budget of twenty decisions a second. */
  private static List<Decision> play(long seed, int seconds, int eventsPerSecond) {
    Decider decider = new Decider(seed);
    Random game = new Random(~seed);
    List<Decision> decided = new ArrayList<>();
    for (int tenth = 0; tenth < seconds * 10; tenth++) {
      List<Event> batch = new ArrayList<>();
      for (int n = 0; n < eventsPerSecond / 10; n++) {
        String type = EVENT_TYPES[game.nextInt(EVENT_TYPES.length)];
        batch.add(
            event(
                type, 1 + game.nextInt(500), KnownNames.oneOf(KnownNames.MAPS, game), tenth * 100));
      }
      decided.addAll(decider.decide(batch, 2));
    }
    return decided;
  }

  private boolean isHorde(Decision one) {
    return one.type().equals("spawn_monster");
  }

  private static long broadcasts(List<Decision> decided) {
    return decided.stream().filter(one -> one.type().equals("broadcast")).count();
  }

  private static Set<String> types(List<Decision> decided) {
    return decided.stream()
        .filter(one -> !one.absurd())
        .map(Decision::type)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Event> repeat(int count, String type, String map) {
    List<Event> events = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      events.add(event(type, 5, map, 1));
    }
    return events;
  }

  private static Event event(String type, long player, String map, long ms) {
    return new Event("", type, player, map, 1_700_000_000_000L + ms, object());
  }

  private static ObjectNode action(String type, ObjectNode payload) {
    return object().put("action_type", type).set("payload", payload);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
