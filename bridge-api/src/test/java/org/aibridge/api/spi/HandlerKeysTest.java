package org.aibridge.api.spi;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.stream.Stream;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.CustomAction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandlerKeysTest {
  static Stream<Class<?>> kinds() {
    return Stream.of(Action.class.getPermittedSubclasses())
        .filter(kind -> kind != CustomAction.class);
  }

  /** So a kind that is added later cannot be registered under its name as a custom one. */
  @ParameterizedTest
  @MethodSource("kinds")
  void takesTheRecordOfAKindAndNotItsName(Class<?> kind) {
    assertThatCode(() -> HandlerKeys.checkRecord(kind)).doesNotThrowAnyException();
    String name =
        kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    assertThatThrownBy(() -> HandlerKeys.checkCustomName(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + " is one of the contract's own: register its record class");
  }

  @Test
  void takesNoOtherClass() {
    for (Class<?> type : new Class<?>[] {CustomAction.class, Action.class, String.class}) {
      assertThatThrownBy(() -> HandlerKeys.checkRecord(type))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("was " + type.getName());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "weather_2", "0"})
  void takesACustomName(String name) {
    assertThatCode(() -> HandlerKeys.checkCustomName(name)).doesNotThrowAnyException();
    String longest = "n".repeat(64);
    assertThatCode(() -> HandlerKeys.checkCustomName(longest)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "Weather",
        "a b",
        "wetter-ä",
        "a\n",
        "broadcast_message",
        "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
      })
  void takesNothingElse(String name) {
    assertThatThrownBy(() -> HandlerKeys.checkCustomName(name))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
