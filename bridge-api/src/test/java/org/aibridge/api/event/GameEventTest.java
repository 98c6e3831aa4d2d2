package org.aibridge.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.aibridge.api.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GameEventTest {
  @Test
  void takesWhateverItIsGivenSinceItIsMadeInTheMiddleOfATick() {
    GameEvent event = GameEvent.custom(null, Long.MIN_VALUE, null, null);
    assertThat(event.typeName()).isEmpty();
    assertThat(event.payload()).isEqualTo("{}");
    assertThat(event.map()).isNull();
    assertThat(event).hasToString(" player " + Long.MIN_VALUE);
    assertThat(GameEvent.mapChange(-5, null, null).map()).isNull();
  }

  /** Each factory that there is, or will be. */
  @Test
  void throwsInNoFactoryWhateverItIsGiven() throws Exception {
    int factories = 0;
    for (Method factory : GameEvent.class.getMethods()) {
      if (Modifier.isStatic(factory.getModifiers()) && factory.getReturnType() == GameEvent.class) {
        Object[] arguments =
            Stream.of(factory.getParameterTypes())
                .map(type -> type == long.class ? (Object) Long.MIN_VALUE : null)
                .toArray();
        GameEvent event = (GameEvent) factory.invoke(null, arguments);
        assertThat(event.payload()).as(factory.toString()).isNotNull();
        assertThat(event).isEqualTo(event.at(event.timestampMs())).hasSameHashCodeAs(event);
        assertThat(event.priority()).isEqualTo(event.type().defaultPriority());
        assertThat(event.toString()).isNotNull();
        factories++;
      }
    }
    assertThat(factories).isGreaterThan(EventType.values().length);
  }

  @Test
  void isOfTheMomentOfItsMakingUnlessItIsToldAnother() {
    long before = System.currentTimeMillis();
    GameEvent event = GameEvent.playerLogin(7, "prontera");
    assertThat(event.timestampMs()).isBetween(before, System.currentTimeMillis());
    assertThat(event.at(-1).timestampMs()).isEqualTo(-1);
    assertThat(event.timestampMs()).as("a copy").isNotEqualTo(-1);
  }

  @Test
  void changesItsPriorityAndNothingElse() {
    GameEvent event = GameEvent.tradeComplete(7, "prontera", 8, 900).at(5);
    GameEvent urgent = event.withPriority(Priority.URGENT);
    assertThat(urgent.priority()).isEqualTo(Priority.URGENT);
    assertThat(urgent.withPriority(null).priority()).isEqualTo(Priority.URGENT);
    assertThat(urgent.withPriority(event.priority())).isEqualTo(event);
  }

  @Test
  void isOnTheMapThatTheChangeLeadsTo() {
    GameEvent event = GameEvent.mapChange(7, "prontera", "geffen");
    assertThat(event.map()).isEqualTo("geffen");
    assertThat(event.payload()).isEqualTo("{\"from_map\":\"prontera\",\"to_map\":\"geffen\"}");
  }

  @Test
  void saysInALineWhoDidWhatWhere() {
    assertThat(GameEvent.monsterKill(7, "prontera", 1002))
        .hasToString("monster_kill player 7 on prontera");
    assertThat(GameEvent.dailyReset()).hasToString("daily_reset");
    assertThat(GameEvent.custom("chat", 7, null, "{}")).hasToString("chat player 7");
  }

  @Test
  void isEqualToAnEventOfTheSameFactsTimeAndPriority() {
    GameEvent event = GameEvent.itemDrop(7, "prontera", 501, 2).at(5);
    assertThat(GameEvent.itemDrop(7, "prontera", 501, 2).at(5))
        .isEqualTo(event)
        .hasSameHashCodeAs(event);
    assertThat(
            List.of(
                GameEvent.itemDrop(8, "prontera", 501, 2).at(5),
                GameEvent.itemDrop(7, "geffen", 501, 2).at(5),
                GameEvent.itemDrop(7, null, 501, 2).at(5),
                GameEvent.itemDrop(7, "prontera", 502, 2).at(5),
                GameEvent.itemDrop(7, "prontera", 501, 3).at(5),
                event.at(6),
                event.withPriority(Priority.URGENT),
                GameEvent.tradeComplete(7, "prontera", 501, 2)
                    .at(5)
                    .withPriority(event.priority())))
        .doesNotContain(event);
    assertThat(GameEvent.custom("a", 7, "m", "{}").at(5))
        .isEqualTo(GameEvent.custom("a", 7, "m", null).at(5))
        .isNotEqualTo(GameEvent.custom("b", 7, "m", "{}").at(5))
        .isNotEqualTo(GameEvent.custom("a", 7, "m", "{ }").at(5))
        .isNotEqualTo("a");
  }

  @Test
  void namesAPlayerByIdByKeyOrByBothAndTellsThePlace() {
    GameEvent event = GameEvent.monsterKill("k", "m", "zombie").withPlayerId(7).at(5);
    assertThat(event.playerKey()).isEqualTo("k");
    assertThat(event.playerId()).isEqualTo(7);
    assertThat(event.position()).isNull();
    GameEvent placed = event.at(Position.at(-1, 2, 3));
    assertThat(placed.position()).isEqualTo(new Position(3, -1, 2, 3));
    assertThat(Position.at(1, 2)).isEqualTo(new Position(2, 1, 2, 9));
    assertThat(placed).isNotEqualTo(event).hasSameHashCodeAs(event.at(Position.at(-1, 2, 3)));
    assertThat(placed.at((Position) null)).isEqualTo(event);
    assertThat(placed.at(Position.ANYWHERE)).isEqualTo(event);
    assertThat(event.withPlayerKey("other")).isNotEqualTo(event);
    assertThat(event.withPlayerId(GameEvent.NO_PLAYER))
        .isEqualTo(GameEvent.monsterKill("k", "m", "zombie").at(5))
        .hasToString("monster_kill player k on m");
  }

  @Test
  void tellsItsPayloadAsJson() {
    assertThat(GameEvent.playerLogin(7, "m").payload()).isEqualTo("{\"action\":\"login\"}");
    assertThat(GameEvent.itemDrop(7, "m", 501, 2).payload())
        .isEqualTo("{\"item_id\":501,\"amount\":2}");
    assertThat(GameEvent.itemDrop("k", "m", "stick", 2).payload())
        .isEqualTo("{\"item\":\"stick\",\"amount\":2}");
    assertThat(GameEvent.mapChange(7, null, "a\"b").payload())
        .isEqualTo("{\"from_map\":\"\",\"to_map\":\"a\\\"b\"}");
    assertThat(GameEvent.custom("a", 7, "m", "{\"x\": 1}").payload()).isEqualTo("{\"x\": 1}");
  }

  /** The codec has two numbers and two texts for a payload, and writes names as they are. */
  @ParameterizedTest
  @EnumSource(EventType.class)
  void hasRoomForEachFieldOfEachKind(EventType type) {
    Set<String> names = new HashSet<>();
    int[] ofKind = new int[EventType.FieldKind.values().length];
    for (EventType.Field field : type.fields()) {
      assertThat(field.name()).matches("[a-z0-9_]{1,64}");
      assertThat(names.add(field.name())).as(field.name()).isTrue();
      assertThat(field.literal().isEmpty()).isEqualTo(field.kind() != EventType.FieldKind.LITERAL);
      if (!field.textName().isEmpty()) {
        assertThat(type.takesName()).as("only the first can").isTrue();
        assertThat(names.add(field.textName())).as(field.textName()).isTrue();
        assertThat(field.kind()).isEqualTo(EventType.FieldKind.NUMBER);
      }
      ofKind[field.kind().ordinal()]++;
    }
    assertThat(ofKind[EventType.FieldKind.NUMBER.ordinal()]).isLessThanOrEqualTo(2);
    assertThat(ofKind[EventType.FieldKind.TEXT.ordinal()])
        .isLessThanOrEqualTo(type.takesName() ? 0 : 2);
  }

  @Test
  void hasANameOfItsOwnForEachKind() {
    Set<String> names = new HashSet<>();
    for (EventType type : EventType.values()) {
      assertThat(names.add(type.wireName())).as(type.name()).isTrue();
      assertThat(type.wireName()).matches(type == EventType.CUSTOM ? "" : "[a-z0-9_]{1,64}");
    }
  }
}
