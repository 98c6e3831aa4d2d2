package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.core.ErrorOutput;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HandlerRegistryTest {
  private static final Broadcast HELLO =
      new Broadcast(new ActionHeader("a", "broadcast", 0, 0), "hi", "");
  private static final CustomAction RAIN =
      new CustomAction(new ActionHeader("b", "weather", 0, 0), "{}");

  private final HandlerRegistry handlers = new HandlerRegistry();
  private final ActionHandler<Action> one = action -> ActionReply.done("one");
  private final ActionHandler<Action> two = action -> ActionReply.done("two");

  @Test
  void namesOnceEachKindWhoseHandlerWasReplacedByAnother() {
    handlers.put(Broadcast.class, one);
    handlers.put(Broadcast.class, one);
    assertThat(handlers.takeReplaced()).isEmpty();
    handlers.put(Broadcast.class, two);
    handlers.putCustom("weather", action -> ActionReply.done());
    handlers.putCustom("weather", action -> ActionReply.done());
    assertThat(handlers.find(HELLO)).isSameAs(two);
    assertThat(handlers.takeReplaced()).containsExactlyInAnyOrder("Broadcast", "weather");
    assertThat(handlers.takeReplaced()).isEmpty();
  }

  @Test
  void isLoggedByTheActionsThreadWhenItReplacesAnother(@TempDir Path folder) {
    ManualClock clock = new ManualClock();
    try (ErrorOutput output = new ErrorOutput();
        Rig rig = new Rig(new Limits(folder.resolve("ledger")), clock)) {
      rig.service.onAction(Broadcast.class, two);
      assertThat(output.text()).doesNotContain("replaced");
      rig.service.runOnce();
      assertThat(output.text())
          .contains("the handler of Broadcast was replaced; the later one counts");
    }
  }

  @Test
  void removesAHandlerOfEitherKind() {
    handlers.put(Broadcast.class, one);
    handlers.putCustom("weather", action -> ActionReply.done());
    assertThat(handlers.remove(Broadcast.class)).isTrue();
    assertThat(handlers.remove(Broadcast.class)).isFalse();
    assertThat(handlers.find(HELLO)).isNull();
    assertThat(handlers.find(RAIN)).isNotNull();
    assertThat(handlers.remove("weather")).isTrue();
    assertThat(handlers.find(RAIN)).isNull();
    handlers.put(Broadcast.class, two);
    assertThat(handlers.takeReplaced()).isEmpty();
  }
}
