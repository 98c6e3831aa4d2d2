package org.aibridge.api;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is done with what it collects, {@code BridgeProviderTest} shows. */
class AiBridgeBuilderTest {
  private final AiBridgeBuilder builder = AiBridge.withoutFile();

  @Test
  void throwsAtOnceForANullOfTheHosts() {
    isRefused("configuration", () -> AiBridge.with(null));
    isRefused("key", () -> builder.set(null, "b"));
    isRefused("value", () -> builder.set("a", (String) null));
    isRefused(null, () -> builder.set("a", (Path) null));
    isRefused("handler", () -> builder.on(Broadcast.class, null));
    isRefused("handler", () -> builder.onCustom("weather", null));
    isRefused("numberOf", () -> builder.identifyPlayers(null));
    isRefused("isOnline", () -> builder.requireOnline(null));
    isRefused("listener", () -> builder.onDelivered(null));
    isRefused("listener", () -> builder.onDead(null));
    isRefused("executor", () -> builder.executor(null));
    isRefused("executors", () -> builder.executors(null));
  }

  @Test
  void throwsAtOnceForAHandlerOfWhatNeverComes() {
    assertThatThrownBy(() -> builder.on(CustomAction.class, action -> ActionReply.done()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.on(Action.class, action -> ActionReply.done()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.onCustom("spawn_npc", action -> ActionReply.done()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.onCustom(null, action -> ActionReply.done()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void isRefused(String name, ThrowingCallable call) {
    if (name == null) {
      assertThatThrownBy(call).isInstanceOf(NullPointerException.class);
    } else {
      assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
    }
  }
}
