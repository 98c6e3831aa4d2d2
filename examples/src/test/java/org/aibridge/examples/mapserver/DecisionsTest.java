package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHeader;
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
import org.aibridge.api.event.EventType;
import org.aibridge.testdouble.Delivery;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private static final long POPORING = 1031;
  private static final long ALICE = Realm.FIRST_PLAYER;

  private final RecordingBridge bridge = new RecordingBridge();
  private GameWorld world;
  private int tick;

  @BeforeEach
  void playersAreInTheWorld() {
    world = GameWorldTest.play(bridge, 1, Realm.LOGIN_TICKS);
    world.rest();
    tick = Realm.LOGIN_TICKS;
  }

  @Test
  void spawnMonsterPutsThemOnTheMap() {
    long before = world.map("payon").monsterCount(POPORING);

    assertApplied(spawn("payon", POPORING, 0, 0, 5, ""));

    assertThat(world.map("payon").monsterCount(POPORING)).isEqualTo(before + 5);
  }

  @Test
  void spawnMonsterFailsForWhatTheWorldDoesNotKnow() {
    assertFailed(spawn("atlantis", POPORING, 0, 0, 5, ""), "There is no map atlantis");
    assertFailed(spawn("payon", 9, 0, 0, 5, ""), "There is no monster 9");
    assertFailed(
        spawn("payon", POPORING, 300, 10, 5, ""), "Cell (300, 10) of payon is not walkable");
  }

  @Test
  void spawnMonsterFailsWhenTheMapIsFull() {
    for (int i = 0; i < GameMap.MAX_MONSTERS / 100; i++) {
      assertApplied(spawn("payon", POPORING, 10, 10, 100, ""));
    }

    assertFailed(spawn("payon", POPORING, 10, 10, 1, ""), "payon is full of monsters");
    assertThat(world.map("payon").monsterCount()).isEqualTo(GameMap.MAX_MONSTERS);
  }

  @Test
  void labelOfASpawnedMonsterIsCalledWhenItDies() {
    GameWorld busy = GameWorldTest.play(bridge, 2, 0);
    assertApplied(spawn("prontera", POPORING, 0, 0, 100, "horde"));
    for (int i = 0; i < 200; i++) {
      busy.tick(i);
    }

    assertThat(bridge.published())
        .anyMatch(
            event ->
                event.type() == EventType.CUSTOM
                    && event.payload().equals("{\"label\":\"horde\",\"monster_id\":1031}"));
  }

  @Test
  void spawnNpcPutsOneOnTheMap() {
    assertApplied(spawnNpc("Merchant 1", "geffen", 20, 30));

    Npc npc = world.npc("Merchant 1");
    assertThat(npc.map().name()).isEqualTo("geffen");
    assertThat(npc.x()).isEqualTo(20);
    assertThat(npc.y()).isEqualTo(30);
    assertThat(npc.sprite()).isEqualTo("77");
    assertThat(npc.facing()).isEqualTo(4);
  }

  @Test
  void spawnNpcFailsForAnUnknownMapOrCell() {
    assertFailed(spawnNpc("Merchant 1", "atlantis", 20, 30), "There is no map atlantis");
    assertFailed(spawnNpc("Merchant 1", "geffen", -1, 3), "Cell (-1, 3) of geffen is not walkable");
    assertThat(world.npc("Merchant 1")).isNull();
  }

  @Test
  void removeNpcTakesTheNewestOfThatName() {
    assertApplied(spawnNpc("Kafra", "gef_fild10", 20, 30));
    assertApplied(new RemoveNpc(header("remove_npc"), new NpcRef("Kafra", 0)));

    assertThat(world.npc("Kafra").map().name()).isNotEqualTo("gef_fild10");
    assertThat(world.map("gef_fild10").npcs()).isEmpty();
  }

  @Test
  void removeNpcWorksByNumberAndOnlyOnce() {
    Npc smith = world.npc("Smith");
    NpcRef ref = new NpcRef("", smith.id());

    assertApplied(new RemoveNpc(header("remove_npc"), ref));
    assertFailed(new RemoveNpc(header("remove_npc"), ref), "There is no NPC " + smith.id());
  }

  @Test
  void dailyResetBringsBackRemovedNpcsAndStock() {
    GameWorld busy = GameWorldTest.play(bridge, 2, 1);
    Npc smith = busy.npc("Smith");
    assertApplied(new RemoveNpc(header("remove_npc"), new NpcRef("", smith.id())));
    assertApplied(economy("Tool Dealer", 0, 501, UpdateEconomy.UNCHANGED, 0));

    for (int i = 1; i <= GameWorld.DAILY_RESET_TICK; i++) {
      busy.tick(i);
    }

    assertThat(smith.map().npcs()).anyMatch(npc -> npc.name().equals("Smith"));
    assertThat(busy.shop("Tool Dealer").ware(501).stock()).isGreaterThan(4_000);
  }

  @Test
  void moveNpcIsDoneOnlyWhenTheNpcHasArrived() {
    Npc guide = world.npc("Guide");
    MoveNpc move = new MoveNpc(header("move_npc"), new NpcRef("Guide", 0), 10, 290);
    Delivery walk = bridge.deliver(move);

    for (int i = 1; i < Npc.MAX_WALK_TICKS; i++) {
      world.tick(tick++);
    }
    assertThat(walk.isOver()).isFalse();
    assertThat(world.applied().entries().get(move.header().id()).applied()).isFalse();

    world.tick(tick++);
    assertThat(walk.isApplied()).isTrue();
    assertThat(guide.x()).isEqualTo(10);
    assertThat(guide.y()).isEqualTo(290);
    assertThat(world.applied().entries().get(move.header().id()).applied()).isTrue();
  }

  @Test
  void moveNpcToTheCellItStandsOnEndsToo() {
    Npc guide = world.npc("Guide");
    NpcRef ref = new NpcRef("Guide", 0);
    Delivery walk = bridge.deliver(new MoveNpc(header("move_npc"), ref, guide.x(), guide.y()));

    world.tick(tick++);

    assertThat(walk.isApplied()).isTrue();
  }

  @Test
  void aNewerMoveEndsTheOlderOne() {
    NpcRef guide = new NpcRef("Guide", 0);
    Delivery first = bridge.deliver(new MoveNpc(header("move_npc"), guide, 10, 10));
    Delivery second = bridge.deliver(new MoveNpc(header("move_npc"), guide, 20, 20));

    assertThat(first).hasToString("failed: Guide was sent elsewhere on the way");
    assertThat(second.isOver()).isFalse();
  }

  @Test
  void removingAWalkingNpcFailsItsMove() {
    NpcRef guide = new NpcRef("Guide", 0);
    Delivery walk = bridge.deliver(new MoveNpc(header("move_npc"), guide, 10, 10));

    assertApplied(new RemoveNpc(header("remove_npc"), guide));

    assertThat(walk).hasToString("failed: Guide was removed on the way");
  }

  @Test
  void moveNpcFailsForAnUnknownNpcOrCell() {
    NpcRef nobody = new NpcRef("Nobody", 0);
    NpcRef guide = new NpcRef("Guide", 0);

    assertFailed(new MoveNpc(header("move_npc"), nobody, 10, 10), "There is no NPC Nobody");
    assertThat(bridge.deliver(new MoveNpc(header("move_npc"), guide, 10, 900)).message())
        .endsWith("is not walkable");
  }

  @Test
  void giveRewardGivesAllOfIt() {
    Player alice = world.player(ALICE);
    long potions = alice.items(501);
    long zeny = alice.zeny();
    long baseExp = alice.baseExp();
    long jobExp = alice.jobExp();

    assertApplied(reward(new PlayerRef(ALICE, ""), 501, 3, 50, 60, 70));

    assertThat(alice.items(501)).isEqualTo(potions + 3);
    assertThat(alice.zeny()).isEqualTo(zeny + 50);
    assertThat(alice.baseExp()).isEqualTo(baseExp + 60);
    assertThat(alice.jobExp()).isEqualTo(jobExp + 70);
  }

  @Test
  void giveRewardStopsAtTheMostZenyOneCanHave() {
    assertApplied(reward(new PlayerRef(ALICE, ""), 0, 0, Integer.MAX_VALUE, 0, 0));
    assertApplied(reward(new PlayerRef(ALICE, ""), 0, 0, Integer.MAX_VALUE, 0, 0));

    assertThat(world.player(ALICE).zeny()).isEqualTo(Player.MAX_ZENY);
  }

  @Test
  void giveRewardFailsForWhoOrWhatIsNotThere() {
    world.player(ALICE).setOnline(false);

    assertFailed(reward(new PlayerRef(ALICE, ""), 501, 1, 0, 0, 0), "150001 is away");
    assertFailed(reward(new PlayerRef(5, ""), 501, 1, 0, 0, 0), "There is no player 5");
    assertFailed(reward(new PlayerRef(0, "Nobody"), 501, 1, 0, 0, 0), "There is no player Nobody");
    assertFailed(reward(new PlayerRef(0, "Player150002"), 9, 1, 0, 0, 0), "There is no item 9");
  }

  @Test
  void broadcastReachesEveryoneOrOneMap() {
    assertApplied(new Broadcast(header("broadcast"), "Hello all", ""));
    Player alice = world.player(ALICE);
    String map = alice.map().name();
    Player elsewhere = world.player(ALICE + 1);
    while (elsewhere.map() == alice.map()) {
      elsewhere = world.player(elsewhere.id() + 1);
    }
    assertApplied(new Broadcast(header("broadcast"), "Hello here", map));

    assertThat(alice.heard()).isEqualTo("Hello here");
    assertThat(elsewhere.heard()).isEqualTo("Hello all");
    assertFailed(new Broadcast(header("broadcast"), "Hi", "atlantis"), "There is no map atlantis");
  }

  @Test
  void createQuestStartsItOnce() {
    PlayerRef alice = new PlayerRef(ALICE, "");
    assertApplied(new CreateQuest(header("create_quest"), 9_001, alice));

    assertThat(world.player(ALICE).hasQuest(9_001)).isTrue();
    assertFailed(
        new CreateQuest(header("create_quest"), 9_001, alice),
        "Player150001 is on quest 9001 already");
  }

  @Test
  void setMapFlagSetsAndClears() {
    assertApplied(new SetMapFlag(header("set_map_flag"), "payon", "danger", 2));
    assertThat(world.map("payon").flag("danger")).isEqualTo(2);

    assertApplied(new SetMapFlag(header("set_map_flag"), "payon", "danger", 0));
    assertThat(world.map("payon").flag("danger")).isZero();

    assertFailed(
        new SetMapFlag(header("set_map_flag"), "atlantis", "danger", 1),
        "There is no map atlantis");
  }

  @Test
  void updateEconomyChangesPriceOrStockAndKeepsTheOther() {
    long stock = world.shop("Tool Dealer").ware(501).stock();
    assertApplied(economy("Tool Dealer", 0, 501, 9, UpdateEconomy.UNCHANGED));
    assertThat(world.shop("Tool Dealer").ware(501)).isEqualTo(new Shop.Ware(9, stock));

    assertApplied(economy("", 2, 502, UpdateEconomy.UNCHANGED, 7));
    assertThat(world.shop("Weapon Dealer").ware(502)).isEqualTo(new Shop.Ware(100, 7));
  }

  @Test
  void updateEconomyFailsForAnUnknownShopOrItem() {
    assertFailed(economy("Baker", 0, 501, 9, 9), "There is no shop Baker");
    assertFailed(economy("", 9, 501, 9, 9), "There is no shop 9");
    assertFailed(economy("Tool Dealer", 0, 9, 9, 9), "Tool Dealer does not sell item 9");
  }

  @Test
  void logKnowsWhatWasAppliedWhatFailedAndWhatCameTwice() {
    SetMapFlag good = new SetMapFlag(header("set_map_flag"), "payon", "danger", 2);
    SetMapFlag bad = new SetMapFlag(header("set_map_flag"), "atlantis", "danger", 2);
    bridge.deliver(good);
    bridge.deliver(bad);
    assertThat(world.applied().twice()).isEmpty();

    world.applied().begun(good.header());

    assertThat(world.applied().twice()).containsExactly(good.header().id());
    assertThat(world.applied().entries())
        .containsEntry(good.header().id(), new AppliedLog.Entry("set_map_flag", 2, true))
        .containsEntry(bad.header().id(), new AppliedLog.Entry("set_map_flag", 1, false));
  }

  private SpawnMonster spawn(String map, long monster, int x, int y, int amount, String event) {
    return new SpawnMonster(header("spawn_monster"), map, monster, x, y, amount, event);
  }

  private SpawnNpc spawnNpc(String name, String map, int x, int y) {
    return new SpawnNpc(header("spawn_npc"), map, name, x, y, "77", 4);
  }

  private GiveReward reward(
      PlayerRef player, long item, int quantity, long zeny, long baseExp, long jobExp) {
    return new GiveReward(header("give_reward"), player, item, quantity, zeny, baseExp, jobExp);
  }

  private UpdateEconomy economy(String name, long id, long item, long price, long stock) {
    return new UpdateEconomy(header("update_economy"), name, id, item, price, stock);
  }

  private ActionHeader header(String type) {
    return bridge.header(type);
  }

  private void assertApplied(Action action) {
    Delivery delivery = bridge.deliver(action);
    assertThat(delivery.isApplied()).as(delivery.toString()).isTrue();
    assertThat(delivery.message()).isNotEmpty();
  }

  private void assertFailed(Action action, String reason) {
    assertThat(bridge.deliver(action)).hasToString("failed: " + reason);
  }
}
