package org.aibridge.api.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.List;
import org.aibridge.api.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActionTest {
  static Class<?>[] kinds() {
    return Action.class.getPermittedSubclasses();
  }

  /** So that a handler may keep it, and another thread read it. */
  @ParameterizedTest
  @MethodSource("kinds")
  void isAnImmutableRecordThatBeginsWithItsHeader(Class<?> kind) {
    assertThat(kind.isRecord()).isTrue();
    RecordComponent[] fields = kind.getRecordComponents();
    assertThat(fields[0].getName()).isEqualTo("header");
    assertThat(fields[0].getType()).isEqualTo(ActionHeader.class);
    for (RecordComponent field : fields) {
      assertThat(field.getType().isArray()).as(field.getName()).isFalse();
    }
  }

  @Test
  void tellsOfItsHeaderAndItsTargetItself() {
    ActionHeader header = new ActionHeader("a-1", "create_quest", 7, 0);
    PlayerRef ann = new PlayerRef(7, "Ann");
    Action quest = new CreateQuest(header, 1, ann);
    assertThat(quest.id()).isEqualTo("a-1");
    assertThat(quest.priority()).isEqualTo(7);
    assertThat(quest.target()).isEqualTo(ActionTarget.player(ann));
    assertThat(new SetMapFlag(header, "geffen", "pvp", 1).target())
        .isEqualTo(ActionTarget.map("geffen"));
    assertThat(new Broadcast(header, "hi", "").target()).isSameAs(ActionTarget.GLOBAL);
    assertThat(new RemoveNpc(header, new NpcRef("Kafra", 0)).target())
        .isSameAs(ActionTarget.GLOBAL);
    CustomPayload none = CustomPayload.of("{}");
    assertThat(new CustomAction(header, none, 7, "", "geffen").target())
        .isEqualTo(ActionTarget.player(new PlayerRef(7, "")));
    assertThat(new CustomAction(header, none, 0, "9f1c", "geffen").target())
        .isEqualTo(ActionTarget.player(PlayerRef.ofKey("9f1c")));
    assertThat(new CustomAction(header, none, 0, "", "geffen").target())
        .isEqualTo(ActionTarget.map("geffen"));
    assertThat(new CustomAction(header, "{}").target()).isSameAs(ActionTarget.GLOBAL);
  }

  @Test
  void isMadeShorterWhereAGameHasNames() {
    ActionHeader header = new ActionHeader("a-1", "any", 0, 0);
    PlayerRef ann = PlayerRef.ofKey("9f1c");
    Position place = Position.at(-12, 64, 7);
    assertThat(new CreateQuest(header, "intro", ann))
        .isEqualTo(new CreateQuest(header, 0, "intro", ann));
    assertThat(new GiveReward(header, ann, "minecraft:bread", 2, 3, 4, 5))
        .isEqualTo(new GiveReward(header, ann, 0, "minecraft:bread", 2, 3, 4, 5));
    assertThat(new UpdateEconomy(header, "Baker", 0, "minecraft:bread", 9, 1))
        .isEqualTo(new UpdateEconomy(header, "Baker", 0, 0, "minecraft:bread", 9, 1));
    assertThat(new SpawnMonster(header, "end", "minecraft:zombie", place, 1, "died"))
        .isEqualTo(new SpawnMonster(header, "end", 0, "minecraft:zombie", place, 1, "died"));
  }

  @Test
  void isMadeShorterWhereAGameHasNumbersAndCells() {
    ActionHeader header = new ActionHeader("a-1", "any", 0, 0);
    PlayerRef ann = new PlayerRef(7, "Ann");
    assertThat(new CreateQuest(header, 9, ann)).isEqualTo(new CreateQuest(header, 9, "", ann));
    assertThat(new GiveReward(header, ann, 501, 2, 3, 4, 5))
        .isEqualTo(new GiveReward(header, ann, 501, "", 2, 3, 4, 5));
    assertThat(new UpdateEconomy(header, "Baker", 0, 501, 9, UpdateEconomy.UNCHANGED))
        .isEqualTo(new UpdateEconomy(header, "Baker", 0, 501, "", 9, -1));
    assertThat(new SpawnMonster(header, "payon", 1002, 0, 0, 1, "died"))
        .isEqualTo(new SpawnMonster(header, "payon", 1002, "", Position.ANYWHERE, 1, "died"));
    assertThat(new SpawnNpc(header, "payon", "Kafra", 10, 20, "77", 4))
        .isEqualTo(new SpawnNpc(header, "payon", "Kafra", Position.at(10, 20), "77", 4));
    NpcRef kafra = new NpcRef("Kafra", 0);
    assertThat(new MoveNpc(header, kafra, 0, 0))
        .as("a place that is always given")
        .isEqualTo(new MoveNpc(header, kafra, Position.at(0, 0)));
    assertThat(new CustomAction(header, "{}"))
        .isEqualTo(new CustomAction(header, CustomPayload.of("{}"), 0, "", ""));
    assertThat(new PlayerRef(7, "Ann")).isEqualTo(new PlayerRef(7, "Ann", ""));
    assertThat(PlayerRef.ofKey("9f1c")).isEqualTo(new PlayerRef(0, "", "9f1c"));
  }

  @Test
  void tellsTheFirstTwoCoordinatesOfItsPlaceAndZeroForNone() {
    ActionHeader header = new ActionHeader("a-1", "any", 0, 0);
    Position place = Position.at(-1, 2, 3);
    SpawnMonster monster = new SpawnMonster(header, "payon", 1, "", place, 1, "");
    assertThat(List.of(monster.x(), monster.y())).containsExactly(-1, 2);
    SpawnNpc npc = new SpawnNpc(header, "payon", "Kafra", place, "", 0);
    assertThat(List.of(npc.x(), npc.y())).containsExactly(-1, 2);
    MoveNpc move = new MoveNpc(header, new NpcRef("Kafra", 0), place);
    assertThat(List.of(move.x(), move.y())).containsExactly(-1, 2);
    SpawnMonster anywhere = new SpawnMonster(header, "payon", 1, 0, 0, 1, "");
    assertThat(List.of(anywhere.x(), anywhere.y())).containsExactly(0, 0);
  }

  @Test
  void refusesNullWhereItSaysSo() {
    ActionHeader header = new ActionHeader("a-1", "any", 0, 0);
    CustomPayload none = CustomPayload.of("{}");
    assertThatThrownBy(() -> new CustomAction(header, null, 0, "", "")).hasMessage("body");
    assertThatThrownBy(() -> new CustomAction(header, none, 0, null, ""))
        .hasMessage("targetPlayerKey");
    assertThatThrownBy(() -> new CustomAction(header, none, 0, "", null)).hasMessage("targetMap");
    assertThatThrownBy(() -> CustomPayload.of(null)).hasMessage("json");
    assertThatThrownBy(() -> new PlayerRef(7, null)).hasMessage("name");
    assertThatThrownBy(() -> new PlayerRef(7, "Ann", null)).hasMessage("key");
    assertThatThrownBy(() -> ActionTarget.player(null)).hasMessage("player");
    assertThatThrownBy(() -> new ActionTarget.OneMap(null)).hasMessage("map");
  }

  /** So that a host's {@code switch} over targets stays whole. */
  @Test
  void hasOneOfThreeTargets() {
    assertThat(ActionTarget.class.getPermittedSubclasses())
        .containsExactlyInAnyOrder(
            ActionTarget.OnePlayer.class, ActionTarget.OneMap.class, ActionTarget.Global.class);
  }

  @Test
  void isAboutTheWholeServerWhereTheServiceNamesNoMap() {
    assertThat(ActionTarget.map("")).isSameAs(ActionTarget.GLOBAL);
    assertThat(ActionTarget.map("prontera")).isEqualTo(new ActionTarget.OneMap("prontera"));
    PlayerRef ann = new PlayerRef(7, "Ann");
    assertThat(ActionTarget.player(ann)).isEqualTo(new ActionTarget.OnePlayer(ann));
  }
}
