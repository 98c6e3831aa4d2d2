package org.aibridge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
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

  @ParameterizedTest
  @EnumSource(RefusalReason.class)
  void namesARefusalAsMetricsAreNamed(RefusalReason reason) {
    assertThat(reason.wireName()).matches("[a-z_]+").isEqualToIgnoringCase(reason.name());
  }
}
