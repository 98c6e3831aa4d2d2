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
  void isAboutTheWholeServerWhereTheServiceNamesNoMap() {
    assertThat(ActionTarget.map("")).isSameAs(ActionTarget.GLOBAL);
    assertThat(ActionTarget.map("prontera").kind()).isEqualTo(ActionTarget.Kind.MAP);
    PlayerRef ann = new PlayerRef(7, "Ann");
    assertThat(ActionTarget.player(ann))
        .isEqualTo(new ActionTarget(ActionTarget.Kind.PLAYER, ann, ""));
  }
}
