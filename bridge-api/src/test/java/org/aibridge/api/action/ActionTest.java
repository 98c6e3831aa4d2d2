package org.aibridge.api.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
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
  void isAboutTheWholeServerWhereTheServiceNamesNoMap() {
    assertThat(ActionTarget.map("")).isSameAs(ActionTarget.GLOBAL);
    assertThat(ActionTarget.map("prontera")).isEqualTo(new ActionTarget.OneMap("prontera"));
    PlayerRef ann = new PlayerRef(7, "Ann");
    assertThat(ActionTarget.player(ann)).isEqualTo(new ActionTarget.OnePlayer(ann));
  }
}
