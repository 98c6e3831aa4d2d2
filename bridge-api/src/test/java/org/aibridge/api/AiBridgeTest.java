package org.aibridge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AiBridgeTest {
  /** Here there is none, as on a class path that somebody put together by hand. */
  @Test
  void saysThatTheBridgeItselfIsMissing() {
    assertThatThrownBy(() -> AiBridge.start(Path.of("ai_bridge.conf")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("bridge-core")
        .hasMessageEndingWith("found 0");
    assertThatThrownBy(() -> AiBridge.start(null)).isInstanceOf(NullPointerException.class);
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
