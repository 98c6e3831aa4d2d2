package org.aibridge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AiBridgeTest {
  /** Here there is none, as on a class path that somebody put together by hand. */
  @Test
  void isOffWhereTheBridgeItselfIsMissing() {
    assertThatThrownBy(() -> AiBridge.start(null)).isInstanceOf(NullPointerException.class);
    List<String> answers = new ArrayList<>();
    try (AiBridge bridge = AiBridge.with(Path.of("ai_bridge.conf")).startAsync()) {
      bridge.onAction(Broadcast.class, action -> ActionReply.done());
      bridge.onCustomAction("dance", action -> ActionReply.done());
      assertThatThrownBy(() -> bridge.onCustomAction("broadcast", action -> ActionReply.done()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(bridge.removeHandler(Broadcast.class)).isFalse();
      assertThat(bridge.removeCustomHandler("dance")).isFalse();
      bridge.identifyPlayers(name -> 0);
      bridge.requireOnline(player -> true);
      bridge.applyActionsOn(Runnable::run);
      assertThat(bridge.publish(null)).isFalse();
      assertThat(bridge.publish(GameEvent.dailyReset())).isFalse();
      assertThat(bridge.events().dailyReset()).isFalse();
      bridge.scriptHttp().post("npc", "/x", "{}", null);
      bridge
          .scriptHttp()
          .get(
              "npc",
              "/x",
              answer -> {
                answers.add(answer.problem());
                bridge.scriptHttp().get("npc", "/x", again -> answers.add("again"));
                throw new IllegalStateException("the script's own fault");
              });
      bridge.tick();
      assertThat(answers).containsExactly("the bridge is off");
      BridgeStatus status = bridge.status();
      assertThat(status.state()).isEqualTo(BridgeState.OFF);
      assertThat(status.problem())
          .startsWith("the server runs without bridge-core")
          .contains("the script's own fault");
      assertThat(status.events().refused()).isEqualTo(3);
      assertThat(status.events().refusalsByName())
          .isEqualTo(Map.of("daily_reset/off", 2L, "null/off", 1L));
      assertThat(status.scripts().requests()).isEqualTo(3);
      assertThat(bridge.statusJson()).contains("\"state\":\"off\"", "without bridge-core");
      assertThat(bridge.reload().toCompletableFuture().join().outcome())
          .isEqualTo(ReloadResult.Outcome.OFF);
    }
  }

  /** A bridge that overrides none of the methods that need not be. */
  private static AiBridge bridge(BiFunction<String, Object[], Object> answers) {
    return (AiBridge)
        Proxy.newProxyInstance(
            AiBridge.class.getClassLoader(),
            new Class<?>[] {AiBridge.class},
            (bridge, method, arguments) ->
                method.isDefault()
                    ? InvocationHandler.invokeDefault(bridge, method, arguments)
                    : answers.apply(method.getName(), arguments));
  }

  @Test
  void publishesAnEventOfEachCallWhereTheBridgeHasNoPublisherOfItsOwn() {
    List<GameEvent> published = new ArrayList<>();
    AiBridge bridge = bridge((method, arguments) -> published.add((GameEvent) arguments[0]));
    assertThat(bridge.events().monsterKill(7, "prontera", 1002)).isTrue();
    assertThat(published).extracting(GameEvent::typeName).containsExactly("monster_kill");
  }

  @Test
  void rendersAStatusWhereTheBridgeKeepsNoneOfLate() {
    AiBridge bridge = bridge((method, arguments) -> method);
    assertThat(bridge.recentStatusJson()).isEqualTo("statusJson");
  }

  @Test
  @SuppressWarnings("unchecked")
  void appliesActionsOfAllTargetsOnTheOneExecutor() {
    List<Function<ActionTarget, Executor>> placements = new ArrayList<>();
    AiBridge bridge =
        bridge(
            (method, arguments) -> {
              placements.add((Function<ActionTarget, Executor>) arguments[0]);
              return null;
            });
    Executor executor = Runnable::run;
    bridge.applyActionsOn(executor);
    assertThat(placements.get(0).apply(ActionTarget.GLOBAL)).isSameAs(executor);
    assertThat(placements.get(0).apply(ActionTarget.map("payon"))).isSameAs(executor);
    assertThatThrownBy(() -> bridge.applyActionsOn(null)).hasMessage("executor");
  }

  @ParameterizedTest
  @EnumSource(RefusalReason.class)
  void namesARefusalAsMetricsAreNamed(RefusalReason reason) {
    assertThat(reason.wireName()).matches("[a-z_]+").isEqualToIgnoringCase(reason.name());
  }
}
